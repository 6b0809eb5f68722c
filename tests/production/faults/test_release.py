"""A new release takes over while people work, and another takes it back."""

import time

import httpx2
import pytest
from llmock.pytest_plugin import LLMock
from websockets.exceptions import ConnectionClosed

from deploy.rehearsal.application import Web
from deploy.rehearsal.machine import Machine
from tests.production.faults.conftest import PersonNamed, Rows, Tell
from tests.production.faults.people import Hearing, Load, Person, until
from tests.production.faults.table import at_most
from tests.production.faults.test_processes import (
    MODEL_WORDS,
    is_being_written,
    worker_at,
)

pytestmark = pytest.mark.timeout(300)

TRIES = "SELECT attempts FROM django_ox_oxtask WHERE task_path LIKE '%%chatbot' AND args->>0 = %s"


def read(person: Person) -> httpx2.Response:
    return person.get("/student/notifications")


def write(person: Person) -> httpx2.Response:
    return person.post("/notifications/read")


def test_a_release_is_switched_under_load_and_back(
    machine: Machine, next_release: list[Web], person: PersonNamed, fault: Tell
) -> None:
    sari = person("Sari Amelia")
    readers, writers = [person("Alya Rahmawati")], [person("Bunga Lestari")]
    with Load(readers, read) as reading, Load(writers, write) as writing:
        away = []
        for before, after in ((machine.webs, next_release), (next_release, machine.webs)):
            with sari.socket() as line:
                switch(machine, before, after)
                code = code_of(line)
                began = time.monotonic()
                with sari.again().socket():
                    away.append(time.monotonic() - began)
            assert code in {1001, 1012}
        reading.wait_for(10)
        writing.wait_for(10)
    assert (reading.failed, writing.failed) == ([], [])
    assert max(away) < 10
    fault(
        "a release switched under load (new processes, the edge reloaded, SIGTERM to the old), and"
        " back",
        "no failed request; sockets told to come back, and back within 10 s",
        f"no failed GET or POST; closed with 1001 or 1012, back within {at_most(max(away))}",
    )


def switch(machine: Machine, before: list[Web], after: list[Web]) -> None:
    for web in after:
        if not web.is_running():
            web.start()
    machine.edge.reload([web.port for web in after])
    for web in before:
        web.stop()


def code_of(line: Hearing) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        line.hear("never", within=40)
    return closed.value.rcvd.code if closed.value.rcvd else 1006


def test_a_worker_that_is_told_to_stop_finishes_its_job(
    machine: Machine, person: PersonNamed, llmock: LLMock, rows: Rows, fault: Tell
) -> None:
    llmock.pace(150).reply(MODEL_WORDS, times=None)
    sari = person("Sari Amelia")
    message = sari.ask("aku takut ujian praktik")
    until(lambda: is_being_written(sari, message), within=30)
    assert worker_at(machine, rows, "%process_chatbot").stop() == 0
    assert sari.answer_to(message, within=1) == MODEL_WORDS
    assert rows(TRIES, str(message)) == [(1,)]
    fault(
        "SIGTERM to a worker in mid-answer",
        "it finishes its job, and stops",
        "answer whole, at the first try",
    )
