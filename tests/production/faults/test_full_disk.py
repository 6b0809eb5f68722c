"""The embedded profile on a full disk: reading goes on, and what cannot be kept says so."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.flows.server import Server
from tests.materi import files
from tests.production.faults.conftest import Tell
from tests.production.faults.people import Person

pytestmark = pytest.mark.timeout(300)

DISK = "64m"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small one of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a disk of its own, and not everywhere")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def server(disk: Path) -> Iterator[Server]:
    server = Server(disk)
    server.start()
    yield server
    server.stop()


def fill(disk: Path) -> Path:
    """To the last byte."""
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(64 * 1024)):
            pass
    with suppress(OSError), filler.open("ab", buffering=0) as file:
        while file.write(bytes(512)):
            pass
    return filler


def test_the_disk_is_full(server: Server, disk: Path, fault: Tell) -> None:
    accounts = {each["name"]: each for each in server.accounts()}
    sari = Person(server.url, accounts["Sari Amelia"])
    rina = Person(server.url, accounts["Bu Rina Nuraini"])
    assert (sari.sign_in().status_code, rina.sign_in().status_code) == (302, 302)

    filler = fill(disk)
    upload = rina.publish("Lembar kerja", pdf=files.pdf())
    assert upload.status_code == 503
    assert "Berkasnya belum bisa disimpan" in upload.text
    assert "Isinya." in upload.text
    # SQLite's log may have room in itself for some: each is kept or refused, and never half.
    assert {said(sari, n) for n in range(40)} <= {302, 429, 503}
    for page in ("/student/materi", "/student/ai-companion", "/student/appointments"):
        assert sari.get(page).status_code == 200
    assert is_sound(server)

    filler.unlink()
    assert rina.publish("Lembar kerja", pdf=files.pdf()).status_code == 302
    assert sari.post("/notifications/read").status_code == 302
    assert is_sound(server)
    fault(
        "the disk full, under SQLite and the files of the embedded profile",
        "a clear refusal, nothing corrupt, reading goes on, and all is well once there is room",
        "an upload refused with a sentence, its words kept; pages read meanwhile;"
        " `PRAGMA integrity_check` ok, full and after",
    )


def said(person: Person, number: int) -> int:
    """Writing into what the disk has left."""
    words = f"{number} " + "aku takut ujian " * 100
    return person.post("/student/ai-companion/chat", text=words).status_code


def is_sound(server: Server) -> bool:
    with sqlite3.connect(server.data / "educounsel.sqlite3") as database:
        return database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
