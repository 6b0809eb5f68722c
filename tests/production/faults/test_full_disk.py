"""The embedded profile on a full disk: reading goes on, and what cannot be kept says so."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from html import unescape
from pathlib import Path

import httpx2
import pytest

from tests.flows.server import Server
from tests.materi import files
from tests.production.faults.conftest import Tell
from tests.production.faults.people import Person

pytestmark = pytest.mark.timeout(300)

DISK = "64m"
MOST = 200
BODY = "Satu kalimat yang tidak boleh hilang. " * 200
WORDS = {"bidang": "sosial", "summary": "Satu kalimat.", "body": BODY}
# More than Django keeps in memory by itself.
LARGE = files.pdf() + b"\n%" + b"x" * 3_000_000
STUDENT_PAGES = (
    "/student/dashboard",
    "/student/materi",
    "/student/materi/1",
    "/student/ai-companion",
    "/student/appointments",
    "/student/appointments/create",
    "/student/notifications",
)
GURU_PAGES = ("/guru/dashboard", "/guru/materi", "/guru/appointments", "/guru/crisis")


@pytest.fixture(autouse=True)
def whole() -> None:
    """Nothing of production is broken here."""


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
    """Its temporary files lie there too."""
    server = Server(disk, {"TMPDIR": str(disk)})
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
    for pdf in (files.pdf(), LARGE):
        upload = rina.publish("Lembar kerja", pdf=pdf)
        assert upload.status_code == 503
        assert "Berkasnya belum bisa disimpan" in upload.text
        assert 'value="Lembar kerja"' in upload.text
        assert "Isinya." in upload.text
    kept, refused = written_until_full(rina)
    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (503, True)
    assert "belum tersimpan, tetapi tidak hilang" in refused.text
    assert f"Materi {kept}" in refused.text
    assert BODY in unescape(refused.text)
    for person, pages in ((sari, STUDENT_PAGES), (rina, GURU_PAGES)):
        assert {page: person.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    (with_pdf,) = one_row(server, "SELECT min(id) FROM materi_materi WHERE pdf <> ''")
    assert sari.get(f"/student/materi/{with_pdf}/file").status_code == 302
    assert is_sound(server)

    filler.unlink()
    assert is_sound(server)
    there = [materi_called(server, f"Materi {number}") for number in range(kept + 1)]
    assert there == [1] * kept + [0]
    assert rina.publish("Lembar kerja", pdf=files.pdf()).status_code == 302
    assert sari.post("/notifications/read").status_code == 302
    assert sari.answer_to(sari.ask("aku takut ujian"), within=60)
    assert is_sound(server)
    fault(
        "the disk full, under SQLite, the files and the temporary files of the embedded profile",
        "a clear refusal, nothing corrupt, reading goes on, and all is well once there is room",
        "an upload and a form refused with a sentence and their words kept; pages read meanwhile;"
        " what was said to be kept was; `PRAGMA integrity_check` ok, full and after",
    )


def written_until_full(guru: Person) -> tuple[int, httpx2.Response]:
    """How many materi were kept before the first that was refused: SQLite's log may have room in
    itself for some."""
    for number in range(MOST):
        answer = guru.post("/guru/materi/new", **WORDS | {"title": f"Materi {number}"})
        if answer.status_code != 302:
            return number, answer
    raise AssertionError("There was room for everything.")


def materi_called(server: Server, title: str) -> int:
    """How many there are."""
    asked = "SELECT count(*) FROM materi_materi WHERE title = ?"
    return int(one_row(server, asked, title)[0])


def is_sound(server: Server) -> bool:
    return one_row(server, "PRAGMA integrity_check") == ("ok",)


def one_row(server: Server, asked: str, *values: str) -> tuple:
    with closing(sqlite3.connect(server.data / "educounsel.sqlite3")) as database:
        (row,) = database.execute(asked, values).fetchall()
        return tuple(row)
