"""A backup is what comes back: restored into an empty place, compared by row and by file."""

import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyrage
import pytest
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from pyrage.x25519 import Identity
from pytest_django import Settings

from educounsel.companion.asking import ask
from educounsel.operations.backups import databases, making, restoring
from educounsel.operations.backups.sealing import Refused
from tests.cast import Cast

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="tests/production does the other"),
]
ROOT = Path(__file__).parents[2]
WORDS = "Aku ingin bercerita soal ujian"
FILES = {"materi/kecil.txt": b"halo", "materi/2026/besar.pdf": os.urandom(3_000_000), "nol": b""}


@dataclass
class Place:
    """Another machine, where nothing is yet."""

    folder: Path

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, ROOT / "manage.py", *words],
            env=os.environ
            | {
                "EDUCOUNSEL_DATA": str(self.folder),
                "COMPANION_KEYS": ",".join(project.COMPANION_KEYS),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def restore(self, backup: Path, identity: Path) -> subprocess.CompletedProcess[str]:
        return self.manage("restore", str(backup), "--identity", str(identity))

    def files(self) -> dict[str, bytes]:
        root = self.folder / "files"
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def other(tmp_path: Path) -> Place:
    return Place(tmp_path / "other")


@pytest.fixture
def identity(tmp_path: Path, settings: Settings) -> Path:
    key = Identity.generate()
    settings.BACKUP_RECIPIENT = str(key.to_public())
    path = tmp_path / "identity.txt"
    path.write_text(f"# public key: {key.to_public()}\n{key}\n")
    return path


@pytest.fixture
def backup(cast: Cast, identity: Path, folder: Path) -> Path:
    ask(cast.sari, WORDS, uuid4())
    for name, content in FILES.items():
        default_storage.save(name, ContentFile(content))
    call_command("backup", str(folder))
    (made,) = folder.iterdir()
    return made


def contents(path: Path) -> dict[str, list[Any]]:
    with sqlite3.connect(path) as opened:
        return {
            table: sorted(opened.execute(f'SELECT * FROM "{table}"'), key=repr)
            for table in databases.tables()
        }


def test_all_rows_and_files_come_back_and_the_old_key_opens_them(
    backup: Path, identity: Path, other: Place
) -> None:
    run = other.restore(backup, identity)
    assert (run.returncode, run.stderr) == (0, "")
    assert "3 files are back" in run.stdout
    ours = Path(connection.settings_dict["NAME"])
    assert contents(other.folder / "educounsel.sqlite3") == contents(ours)
    assert other.files() == FILES
    read = "from educounsel.companion.models import Message; print(Message.objects.first().text)"
    assert WORDS in other.manage("shell", "--no-imports", "-c", read).stdout


def test_it_can_be_read_by_the_private_key_alone(backup: Path) -> None:
    assert backup.read_bytes().startswith(b"age-encryption.org/v1")
    assert b"halo" not in backup.read_bytes()
    assert pyrage.x25519.Recipient.from_str(project.BACKUP_RECIPIENT)


def test_a_place_in_which_something_is_stays_as_it_is(
    backup: Path, identity: Path, other: Place
) -> None:
    assert other.restore(backup, identity).returncode == 0
    before = (other.folder / "educounsel.sqlite3").read_bytes()
    again = other.restore(backup, identity)
    assert again.returncode == 1
    assert again.stderr.splitlines() == [
        "CommandError: This database has tables. A backup is restored into an empty one only."
    ]
    assert (other.folder / "educounsel.sqlite3").read_bytes() == before


def test_files_that_are_there_are_not_mixed_with_others(
    backup: Path, identity: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "tables", list)
    with pytest.raises(Refused, match="into an empty storage only"):
        restoring.restore(backup, identity)


def changed(whole: bytes) -> bytes:
    middle = len(whole) // 2
    return whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        changed,
        lambda whole: whole[:-1],
        lambda whole: whole[: 2**20],
        lambda _: b"",
        lambda _: b"x",
    ],
)
def test_what_is_not_whole_is_refused_and_nothing_of_it_kept(
    backup: Path, identity: Path, other: Place, damage: Any
) -> None:
    backup.write_bytes(damage(backup.read_bytes()))
    assert_refused(other, other.restore(backup, identity))


def test_another_identity_opens_nothing(backup: Path, other: Place, tmp_path: Path) -> None:
    strange = tmp_path / "strange.txt"
    strange.write_text(str(Identity.generate()))
    assert_refused(other, other.restore(backup, strange))


def test_a_file_that_is_no_identity_is_named(backup: Path, other: Place, tmp_path: Path) -> None:
    (tmp_path / "nothing").write_text("rahasia")
    run = other.restore(backup, tmp_path / "nothing")
    assert_refused(other, run)
    assert "rahasia" not in run.stderr
    assert_refused(other, other.restore(backup, tmp_path / "not there"))


def assert_refused(other: Place, run: subprocess.CompletedProcess[str]) -> None:
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1, run.stderr
    assert run.stderr.startswith("CommandError: ")
    assert other.files() == {}
    with sqlite3.connect(other.folder / "educounsel.sqlite3") as opened:
        assert opened.execute("SELECT COUNT(*) FROM sqlite_master").fetchone() == (0,)


def test_a_disk_that_fills_up_takes_away_what_was_restored(
    backup: Path, identity: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings, folder: Path
) -> None:
    settings.MEDIA_ROOT = folder / "empty"
    monkeypatch.setattr(databases, "tables", list)
    monkeypatch.setattr(databases, "load", no_room)
    with pytest.raises(Refused, match="Nothing was restored: No space left on device"):
        restoring.restore(backup, identity)
    assert list(making.stored_files()) == []


def no_room(*_: Any) -> None:
    raise OSError(28, "No space left on device")


def test_a_full_disk_leaves_no_backup(
    cast: Cast, identity: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(CommandError, match=r"^No backup was made: No space left on device\.$"):
        call_command("backup", str(folder))
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
def test_a_disk_that_fills_up_while_it_is_written_is_said(
    cast: Cast, identity: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    default_storage.save("besar", ContentFile(bytes(3_000_000)))
    monkeypatch.setattr(Path, "open", lambda *_: os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb"))
    with pytest.raises(CommandError, match="No space left on device"):
        call_command("backup", str(folder))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("recipient", ["", "age1", "rahasia"])
def test_without_a_public_key_there_is_no_backup(
    db: None, folder: Path, settings: Settings, recipient: str
) -> None:
    settings.BACKUP_RECIPIENT = recipient
    with pytest.raises(CommandError, match="BACKUP_RECIPIENT must be a public key"):
        call_command("backup", str(folder))
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(db: None, identity: Path, folder: Path) -> None:
    with pytest.raises(CommandError, match="No backup was made: No such file or directory"):
        call_command("backup", str(folder / "no"))


def test_a_backup_of_a_newer_release_waits_for_it(
    backup: Path, identity: Path, other: Place, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "applied_migrations", lambda: ["companion.9999_later"])
    backup.unlink()
    call_command("backup", str(folder))
    (newer,) = folder.iterdir()
    run = other.restore(newer, identity)
    assert_refused(other, run)
    assert "companion.9999_later is not known here" in run.stderr
