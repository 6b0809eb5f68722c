"""The provider of the model hangs or is dead: only answers wait for it."""

import time
from collections.abc import Iterator

import httpx2
import pytest
import redis
from llmock.pytest_plugin import LLMock

from deploy.rehearsal.machine import Machine
from tests.production.faults.conftest import PersonNamed, Tell
from tests.production.faults.people import Load, Person, p99
from tests.production.faults.table import at_most, is_as_before, times

pytestmark = pytest.mark.timeout(300)

WRITERS = ("Sari Amelia", "Alya Rahmawati", "Bunga Lestari")
SECONDS = 60


@pytest.fixture(autouse=True)
def _well_again(machine: Machine) -> Iterator[None]:
    """The processes remember that it was ill."""
    yield
    redis.Redis.from_url(machine.cache.url).flushall()


def read(person: Person) -> httpx2.Response:
    return person.get("/student/notifications")


@pytest.mark.parametrize("how", ["hangs", "is dead"])
def test_the_provider_is_away(person: PersonNamed, llmock: LLMock, fault: Tell, how: str) -> None:
    writers = [person(name) for name in WRITERS]
    with Load([person("Jihan Salsabila")], read) as reading:
        before = p99(reading.wait_for(100))
        llmock.delay(SECONDS, times=None) if how == "hangs" else llmock.outage()
        asked = [(each, each.ask("aku takut ujian matematika")) for each in writers]
        began = time.monotonic()
        message = writers[0].ask("aku mau bunuh diri malam ini")
        at_once = time.monotonic() - began
        assert "data-open" not in writers[0].turn(message)
        assert "119" in writers[0].turn(message)
        meanwhile = p99(reading.wait_for(100))
    assert not reading.failed
    assert at_once < 5
    assert is_as_before(before, meanwhile)
    for each, message in asked:
        each.answer_to(message, within=120)
        assert "Kutipan dari materi sekolahmu" in each.turn(message)
    fault(
        f"the model's provider {how}",
        "others' 99th percentile at most doubles; the crisis card comes at once; an answer from the"
        " school's materi in the end",
        f"{times(meanwhile / before)} of before; the card within {at_most(at_once)}; every answer"
        " came",
    )
