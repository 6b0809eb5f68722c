"""The bucket hangs or is gone: texts are read, files are asked for again later."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from deploy.rehearsal.application import Web
from deploy.rehearsal.machine import Machine
from deploy.rehearsal.service import HOST, free_port
from tests.materi import files
from tests.production.faults.conftest import PersonNamed, Rows, Tell
from tests.production.faults.people import Load, Person, p99
from tests.production.faults.table import at_most, is_as_before, times

pytestmark = pytest.mark.timeout(300)

WITH_PDF = """
SELECT id FROM materi_materi WHERE pdf <> '' AND status = 'Aktif'
  AND school_id = (SELECT school_id FROM accounts_user WHERE name = 'Sari Amelia') ORDER BY id
"""
TITLED = "SELECT count(*) FROM materi_materi WHERE title = %s"
AT_ONCE = 20
CAP_SECONDS = 3


def file_of(person: Person, materi: int) -> httpx2.Response:
    """Where its link leads."""
    link = person.get(f"/student/materi/{materi}/file").headers["Location"]
    return person.get(link)


@pytest.mark.parametrize(("how", "number"), [("stopped", 0), ("frozen", 1)])
def test_the_bucket_is_away(
    machine: Machine, person: PersonNamed, rows: Rows, fault: Tell, how: str, number: int
) -> None:
    materi = int(rows(WITH_PDF)[number][0])  # one that the edge has not kept yet
    sari, rina = person("Sari Amelia"), person("Bu Rina Nuraini")
    alya = person("Alya Rahmawati")

    def read(reader: Person) -> httpx2.Response:
        return reader.get(f"/student/materi/{materi}")

    with Load([alya], read) as reading:
        before = p99(reading.wait_for(100))
        began = time.monotonic()
        assert rina.publish(f"Sebelum {how}", pdf=files.pdf()).status_code == 302
        in_itself = time.monotonic() - began
        (machine.s3.kill if how == "stopped" else machine.s3.freeze)()
        began = time.monotonic()
        refused = file_of(sari, materi)
        waited = time.monotonic() - began
        with ThreadPoolExecutor(AT_ONCE) as crowd:
            asked = [crowd.submit(file_of, sari, materi) for _ in range(AT_ONCE)]
            meanwhile = reading.wait_for(100)
            statuses = {each.result().status_code for each in asked}
        began = time.monotonic()
        not_kept = rina.publish(f"Lembar {how}", pdf=files.pdf())
        uploading = time.monotonic() - began
    assert not reading.failed
    assert refused.status_code == 503
    assert "coba berkasnya sebentar lagi" in refused.text
    assert statuses == {503}
    assert not_kept.status_code == 503
    assert f'value="Lembar {how}"' in not_kept.text
    assert "Isinya." in not_kept.text
    assert "Berkasnya belum bisa disimpan" in not_kept.text
    assert rows(TITLED, f"Lembar {how}") == [(0,)]
    assert max(waited, uploading) < CAP_SECONDS + in_itself
    assert is_as_before(before, p99(meanwhile))
    machine.s3.thaw() if how == "frozen" else machine.s3.start()
    assert file_of(sari, materi).status_code == 200
    assert rina.publish(f"Lembar {how}", pdf=files.pdf()).status_code == 302
    fault(
        f"the bucket {how}, 20 files asked for at once, an upload",
        "texts read as before, a file asks to try again, an upload refused within 3 s and its words"
        " kept, no page waits for it",
        f"file refused within {at_most(waited)}, upload within {at_most(uploading - in_itself)} and"
        " the time it takes in itself, its words in the form; pages' 99th percentile"
        f" {times(p99(meanwhile) / before)} of before",
    )


# --- Slow: it takes and says everything, some bytes a second --------------------------------------

PIECE, PAUSE_SECONDS = 64, 0.2


@pytest.fixture
def slow_bucket(machine: Machine, tmp_path: Path) -> Iterator[None]:
    """The web process behind the edge finds it at the other end of a bad line."""
    with socket.create_server((HOST, 0)) as line:
        threading.Thread(target=_pass_on_slowly, args=[line, machine.s3.port]).start()
        slow = {"S3_ENDPOINT_URL": f"http://{HOST}:{line.getsockname()[1]}"}
        web = Web(tmp_path / "web", free_port(), machine.settings | slow)
        web.start()
        machine.edge.reload([web.port])
        yield
        machine.edge.reload([each.port for each in machine.webs])
        web.stop()
        line.shutdown(socket.SHUT_RDWR)


def _pass_on_slowly(line: socket.socket, port: int) -> None:
    with suppress(OSError):
        while True:
            near, far = line.accept()[0], socket.create_connection((HOST, port))
            for ends in ((near, far), (far, near)):
                threading.Thread(target=_drip, args=ends, daemon=True).start()


def _drip(source: socket.socket, target: socket.socket) -> None:
    with source, target, suppress(OSError):
        while piece := source.recv(PIECE):
            time.sleep(PAUSE_SECONDS)
            target.sendall(piece)


def test_the_bucket_is_slow(
    person: PersonNamed, rows: Rows, fault: Tell, request: pytest.FixtureRequest
) -> None:
    rina, alya = person("Bu Rina Nuraini"), person("Alya Rahmawati")
    in_itself, well = timed(lambda: rina.publish("Sebelum pelan", pdf=files.pdf()))
    request.getfixturevalue("slow_bucket")
    with Load([alya], lambda each: each.get("/student/notifications")) as reading:
        before = p99(reading.wait_for(100))
        words_alone = rina.publish("Tanpa berkas")
        uploading, refused = timed(lambda: rina.publish("Pelan", pdf=files.pdf()))
        with ThreadPoolExecutor(4) as crowd:
            asked = [
                crowd.submit(rina.again().publish, f"Pelan {number}", pdf=files.pdf())
                for number in range(4)
            ]
            meanwhile = p99(reading.wait_for(100))
            crowded = [each.result() for each in asked]
    assert not reading.failed
    assert [each.status_code for each in (well, words_alone)] == [302, 302]
    assert [each.status_code for each in (refused, *crowded)] == [503] * 5
    assert "Berkasnya belum bisa disimpan" in refused.text
    assert rows("SELECT count(*) FROM materi_materi WHERE title LIKE 'Pelan%%'") == [(0,)]
    assert uploading < CAP_SECONDS + in_itself + 0.5
    assert is_as_before(before, meanwhile)
    fault(
        "the bucket slow (some bytes a second), an upload, then four at once",
        "texts saved and read as before, an upload refused within 3 s and its words kept",
        f"refused within {at_most(round(uploading - in_itself, 1))} and the time it takes in"
        f" itself; pages' 99th percentile {times(meanwhile / before)} of before",
    )


def timed(work: Callable[[], httpx2.Response]) -> tuple[float, httpx2.Response]:
    """In seconds."""
    began = time.monotonic()
    answer = work()
    return time.monotonic() - began, answer
