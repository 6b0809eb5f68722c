"""PostgreSQL crashes, stands still or takes nothing under people who read and book."""

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx2
import pytest

from deploy.rehearsal.machine import Machine
from tests.production.faults.conftest import PersonNamed, Rows, Tell
from tests.production.faults.people import Load, Person, until
from tests.production.faults.table import at_most

pytestmark = pytest.mark.timeout(300)

ONCE = "SELECT count(*) FROM appointments_appointment WHERE topic LIKE %s"
# What holds time without standing, or stands without holding any.
HALVES = """
SELECT count(*) FROM appointments_appointment a WHERE
  (a.status IN ('Menunggu', 'Diterima')) <>
  EXISTS (SELECT 1 FROM appointments_hold h WHERE h.appointment_id = a.id)
"""
OTHERS_END = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = 'educounsel' AND pid <> pg_backend_pid()
"""
READ_AND_WRITE = """
SET transaction_read_only = off; ALTER DATABASE educounsel RESET default_transaction_read_only
"""
AT_ONCE, EDGE_SECONDS = 12, 15
BOOKERS = ("Alya Rahmawati", "Bunga Lestari")


def page(person: Person) -> httpx2.Response:
    return person.get("/student/notifications")


@pytest.mark.parametrize(
    ("name", "how"), [("SIGQUIT", signal.SIGQUIT), ("kill -9", signal.SIGKILL)]
)
def test_postgres_crashes(
    machine: Machine, person: PersonNamed, rows: Rows, fault: Tell, name: str, how: signal.Signals
) -> None:
    readers, bookers = [person("Sari Amelia")], [person(each) for each in BOOKERS]
    slot = bookers[0].free_slot()
    halves_before = rows(HALVES)
    with Load(readers, page) as reading:
        reading.wait_for(5)
        reading.failed.clear()
        booking = [
            threading.Thread(target=_book, args=(each, slot, f"jam sama {how}")) for each in bookers
        ]
        for thread in booking:
            thread.start()
        machine.postgres.stop(how)
        meanwhile = page(readers[0].again())
        assert meanwhile.status_code == 503
        assert int(meanwhile.headers["Retry-After"]) > 0
        for thread in booking:
            thread.join()
        machine.postgres.start()
        healed = seconds_until_all_there(readers[0])
    assert set(reading.failed) <= {"503"}
    assert rows(ONCE, f"jam sama {how}")[0][0] <= 1
    assert rows(HALVES) == halves_before
    for each in bookers:
        _book(each, slot, f"jam sama {how}")
    assert rows(ONCE, f"jam sama {how}") == [(1,)]
    assert rows(HALVES) == halves_before
    assert healed <= 5
    fault(
        f"PostgreSQL crashes ({name}) while people read and two book one slot",
        "503 with Retry-After meanwhile, no half booking, pages back within 5 s of it",
        f"only 503 meanwhile; none or one appointment, with its holds, and one after trying again;"
        f" 20 pages in a row without a failure within {at_most(healed)}",
    )


def _book(person: Person, slot: dict[str, str], topic: str) -> None:
    with suppress(httpx2.HTTPError):  # whatever became of it: the rows say
        person.book(slot, topic)


def seconds_until_all_there(person: Person) -> float:
    """From now to the first of twenty pages in a row, each on a connection of its own."""
    began, there = time.monotonic(), list[float]()
    while len(there) < 20:
        asked = time.monotonic() - began
        assert asked < 30
        is_there = page(person.again()).status_code == 200
        there = [*there, asked] if is_there else []
    return there[0]


def test_postgres_stands_still(machine: Machine, person: PersonNamed, fault: Tell) -> None:
    crowd = [person(each) for each in ("Sari Amelia", *BOOKERS)]
    machine.postgres.freeze()
    with ThreadPoolExecutor(AT_ONCE) as asking:
        asked = [asking.submit(timed, crowd[n % len(crowd)].again()) for n in range(AT_ONCE)]
        answers = [each.result() for each in asked]
    machine.postgres.thaw()
    healed = seconds_until_all_there(crowd[0])
    waited = max(seconds for _, seconds in answers)
    assert {status for status, _ in answers} == {503}
    assert waited < EDGE_SECONDS
    assert healed <= 5
    fault(
        f"PostgreSQL frozen (SIGSTOP), {AT_ONCE} pages asked for at once",
        "503 before the edge gives up, and no thread waits for longer; pages back within 5 s of it",
        f"503 within {at_most(waited)}; 20 pages in a row without a failure within"
        f" {at_most(healed)}",
    )


def timed(person: Person) -> tuple[int, float]:
    began = time.monotonic()
    return page(person).status_code, time.monotonic() - began


def test_postgres_takes_nothing(
    machine: Machine, person: PersonNamed, rows: Rows, fault: Tell
) -> None:
    """As a primary of before does, after another took over."""
    sari, words = person("Sari Amelia"), "Jam yang tidak boleh hilang"
    slot = sari.free_slot()
    rows("ALTER DATABASE educounsel SET default_transaction_read_only = on")
    rows(OTHERS_END)
    try:
        until(lambda: page(sari).status_code == 200, within=30)
        refused = sari.book(slot, words)
    finally:
        rows(READ_AND_WRITE)
    assert (refused.status_code, words in refused.text) == (503, True)
    assert int(refused.headers["Retry-After"]) > 0
    began = time.monotonic()
    until(lambda: sari.book(slot, words).status_code == 302, within=30)
    healed = time.monotonic() - began
    assert rows(ONCE, words) == [(1,)]
    fault(
        "PostgreSQL read-only (`default_transaction_read_only`), as a primary of before",
        "reading goes on; 503 with Retry-After, and the words in it; booked after it, no restart",
        f"so it was; booked within {at_most(healed)} of its end",
    )
