"""A backup that is ended in the middle, and two at once: nothing of the one harms the other."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from pyrage.x25519 import Identity
from pytest_django import Settings

from educounsel.operations.backups import databases, making
from educounsel.operations.backups.leftovers import claim
from educounsel.operations.backups.sealing import Refused, reason

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="a copy of SQLite is made")


@pytest.fixture
def recipient(settings: Settings) -> str:
    settings.BACKUP_RECIPIENT = str(Identity.generate().to_public())
    return str(settings.BACKUP_RECIPIENT)


@pytest.fixture
def running(tmp_path: Path, folder: Path, recipient: str) -> Iterator[subprocess.Popen[bytes]]:
    """In the middle of its work: the file that comes next has nobody who writes it."""
    data = {"EDUCOUNSEL_DATA": str(tmp_path / "data"), "BACKUP_RECIPIENT": recipient}
    (tmp_path / "data" / "files").mkdir(parents=True)
    os.mkfifo(tmp_path / "data" / "files" / "endless")
    words = [sys.executable, str(ROOT / "manage.py"), "backup", str(folder)]
    process = subprocess.Popen(words, env=os.environ | data, stderr=subprocess.DEVNULL)
    until_begun(folder, process)
    yield process
    process.kill()
    process.wait()


def until_begun(folder: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while not any(folder.iterdir()):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)


def names(folder: Path) -> list[str]:
    return [path.name.split("-")[0] for path in folder.iterdir()]


def test_told_to_stop_it_leaves_nothing(running: subprocess.Popen[bytes], folder: Path) -> None:
    running.send_signal(signal.SIGTERM)
    assert running.wait(30) == 128 + signal.SIGTERM
    assert names(folder) == []


@pytest.mark.django_db(transaction=True)
def test_what_a_kill_left_is_removed_by_the_next(
    running: subprocess.Popen[bytes], folder: Path
) -> None:
    running.kill()
    running.wait()
    assert names(folder) == [".unfinished"]
    call_command("backup", str(folder))
    assert names(folder) == ["educounsel"]


@pytest.mark.django_db(transaction=True)
def test_what_one_that_runs_now_has_written_stays(
    running: subprocess.Popen[bytes], folder: Path
) -> None:
    call_command("backup", str(folder))
    assert sorted(names(folder)) == [".unfinished", "educounsel"]


@pytest.mark.django_db(transaction=True)
def test_a_plain_copy_that_a_kill_left_is_removed(
    recipient: str, folder: Path, tmp_path: Path, settings: Settings
) -> None:
    settings.DATA_DIR = tmp_path
    left, ours = (tmp_path / f"{databases.COPY}{name}" for name in ("left", "ours"))
    left.write_text("aku takut")
    with ours.open("wb") as copy:
        claim(copy)
        call_command("backup", str(folder))
    assert list(tmp_path.glob(f"{databases.COPY}*")) == [ours]


@pytest.mark.django_db(transaction=True)
def test_two_in_one_second_do_not_take_each_other_away(
    recipient: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    monkeypatch.setattr(making, "datetime", Mock(now=lambda _: now))
    fsync = os.fsync

    def backup_meanwhile(number: int) -> None:
        monkeypatch.setattr(os, "fsync", fsync)
        call_command("backup", str(folder))
        fsync(number)

    monkeypatch.setattr(os, "fsync", backup_meanwhile)
    call_command("backup", str(folder))
    (whole,) = folder.iterdir()
    assert whole.name == f"educounsel-{now:%Y%m%dT%H%M%SZ}.age"
    assert whole.read_bytes().startswith(b"age-encryption.org/v1")


def test_a_program_that_was_killed_without_a_word_is_said(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(databases, "_program", lambda _: "/bin/false")
    client = Mock(settings_to_cmd_args_env=lambda *_: (["psql", "educounsel"], None))
    monkeypatch.setattr(databases, "connection", Mock(client=client))
    with pytest.raises(Refused, match=r"^pg_dump: it ended with 1$"):
        databases._run_with("pg_dump")


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_called_so() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count")
        (most,) = cursor.fetchone()
        cursor.execute("PRAGMA max_page_count = 1")
        with pytest.raises(OperationalError) as full:
            cursor.execute("CREATE TABLE too_much AS SELECT zeroblob(1000000)")
        cursor.execute(f"PRAGMA max_page_count = {most}")
    assert reason(full.value) == "No space left on device"
