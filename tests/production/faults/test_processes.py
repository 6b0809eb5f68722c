"""A process of ours dies in the middle of its work: another goes on where it stopped."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from llmock.pytest_plugin import LLMock
from websockets.exceptions import ConnectionClosed

from deploy.rehearsal.application import Process
from deploy.rehearsal.machine import Machine
from tests.production.faults.conftest import PersonNamed, Rows, Tell
from tests.production.faults.people import Hearing, Person, until
from tests.production.faults.table import at_most

pytestmark = pytest.mark.timeout(300)

MODEL_WORDS = (
    "Wajar kalau deg-degan. Coba tarik napas pelan, empat hitungan masuk, enam hitungan keluar."
)
STUDENTS = 10_000
READERS, EDGE_SECONDS = 12, 15
A_LARGE_SCHOOL = f"""
from educounsel.accounts.models import Role, User
school = User.objects.get(name="Sari Amelia").school
User.objects.bulk_create(
    (User(school=school, role=Role.STUDENT, name="Siswa", nisn=f"9{{n:09}}", password="!")
     for n in range({STUDENTS})), batch_size=2000)
print(User.objects.filter(school=school, role=Role.STUDENT, is_active=True).count())
"""
TOLD = (
    "SELECT count(*), count(DISTINCT recipient_id) FROM notifications_notification WHERE text = %s"
)
AT_WORK = "SELECT locked_by FROM django_ox_oxtask WHERE status = 'RUNNING' AND task_path LIKE %s"


@pytest.fixture
def slow_model(llmock: LLMock) -> None:
    llmock.pace(150).reply(MODEL_WORDS, times=None)


def is_being_written(person: Person, message: int) -> bool:
    shown = person.turn(message)
    return "data-open" in shown and "deg-degan" in shown


def has_broken(line: Hearing) -> bool:
    try:
        line.hear("never", within=2)
    except TimeoutError:
        return False
    except ConnectionClosed:
        return True
    return False


@pytest.mark.usefixtures("slow_model")
def test_a_web_process_dies_while_an_answer_is_read(
    machine: Machine, person: PersonNamed, rows: Rows, fault: Tell
) -> None:
    sari, broken, waited = person("Sari Amelia"), 0, 0.0
    for web in machine.webs:
        with sari.socket() as line:
            message = sari.ask(f"aku takut ujian besok, {web.port}")
            until(partial(is_being_written, sari, message), within=30)
            web.kill()
            began = time.monotonic()
            with sari.again().socket():
                waited = max(waited, time.monotonic() - began)
            broken += has_broken(line)
        assert sari.answer_to(message, within=30) == MODEL_WORDS
        web.start()
        mine = "SELECT count(*) FROM companion_message WHERE conversation_id ="
        same = " (SELECT conversation_id FROM companion_message WHERE id = %s) AND id >= %s"
        assert rows(mine + same, message, message) == [(1,)]
    assert broken, "the socket was at neither of the two"
    assert waited <= 5
    fault(
        "`kill -9` of each web process in turn while an answer is written",
        "the reader goes on at the other within 5 s; message once, answer once and whole",
        f"back within {at_most(waited)}; both messages once, both answers whole",
    )


def test_a_web_process_stands_still(machine: Machine, person: PersonNamed, fault: Tell) -> None:
    sari = person("Sari Amelia")
    machine.webs[0].freeze()
    with ThreadPoolExecutor(READERS) as reading:
        asked = [reading.submit(_read, sari.again()) for _ in range(READERS)]
        waited = [each.result() for each in asked]
    assert EDGE_SECONDS <= max(waited) < EDGE_SECONDS + 5, "none of them was at the frozen one"
    fault(
        f"a web process frozen (SIGSTOP), {READERS} pages asked for at once",
        f"whoever was at it is answered by the other, after {EDGE_SECONDS} s",
        f"every page came, within {at_most(max(waited))}",
    )


def _read(person: Person) -> float:
    began = time.monotonic()
    assert person.get("/student/notifications").status_code == 200
    return time.monotonic() - began


@pytest.mark.usefixtures("slow_model")
def test_a_worker_dies_while_it_answers(
    machine: Machine, person: PersonNamed, rows: Rows, fault: Tell
) -> None:
    sari = person("Alya Rahmawati")
    message = sari.ask("aku takut ujian lisan")
    until(lambda: is_being_written(sari, message), within=30)
    victim = worker_at(machine, rows, "%process_chatbot")
    victim.kill()
    began = time.monotonic()
    until(lambda: worker_at(machine, rows, "%process_chatbot") is not victim, within=30)
    taken_over = time.monotonic() - began
    assert sari.answer_to(message, within=30) == MODEL_WORDS
    assert rows("SELECT count(*) FROM companion_reply WHERE message_id = %s", message) == [(1,)]
    assert taken_over <= 15
    fault(
        "`kill -9` of the worker in mid-answer",
        "another takes it over within 15 s; one answer, whole",
        f"taken over within {at_most(taken_over)}; one answer, whole",
    )


def worker_at(machine: Machine, rows: Rows, job: str) -> Process:
    """Who works on it. Its name begins with its machine and its process id."""
    name = until(lambda: rows(AT_WORK, job), within=30)[0][0]
    return next(each for each in machine.workers if f"-{each.process.pid}-" in name)


def test_a_worker_dies_while_it_tells_a_school(
    machine: Machine, person: PersonNamed, rows: Rows, fault: Tell
) -> None:
    title = f"Untuk seluruh sekolah {os.getpid()}"
    students = int(machine.manage("shell", "--no-imports", "-c", A_LARGE_SCHOOL))
    sari, rina = person("Sari Amelia"), person("Bu Rina Nuraini")
    seen = sari.feed()["latest_id"]
    with sari.socket() as line:
        rina.publish(title)
        until(lambda: rows(TOLD, title)[0][0], within=30)
        worker_at(machine, rows, "%announce_materi").kill()
        at_its_death = rows(TOLD, title)[0][0]
        until(lambda: rows(TOLD, title)[0][0] >= students, within=60)
        assert 0 < at_its_death < students
        assert rows(TOLD, title) == [(students, students)]
        line.hear("notification", within=30)
    news = sari.feed(after=seen)["notifications"]
    assert [each["text"] for each in news].count(title) == 1
    rows("UPDATE accounts_user SET is_active = false WHERE name = 'Siswa'")
    fault(
        f"`kill -9` of the worker that tells {STUDENTS} students",
        "nobody is missed, nobody told twice, the hint arrives",
        "a row for each of them, none twice; the open page had its hint",
    )
