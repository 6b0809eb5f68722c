"""Redis is away, empty or deaf. What counts lies in PostgreSQL."""

import time

import httpx2
import pytest
import redis

from deploy.rehearsal.machine import Machine
from tests.production.faults.conftest import PersonNamed, Rows, Tell
from tests.production.faults.people import Person, until
from tests.production.faults.table import at_most

pytestmark = pytest.mark.timeout(300)

# A worker process may be asked for a page's work while no page can be made.
BESIDE_THE_PAGES = """
from uuid import uuid4
from educounsel.accounts.models import User
from educounsel.companion.asking import ask
from educounsel.materi.notices import NewMateri
from educounsel.notifications.notify import notify
sari = User.objects.get(name="Sari Amelia")
notice = NewMateri(subject="materi:x", title="Materi baru", text="Saat Redis mati", url="/")
notify([sari.pk], notice)
print(ask(sari, "aku takut ujian", uuid4()).pk)
"""
COUNTED = """
SELECT (SELECT count(*) FROM companion_message), (SELECT count(*) FROM companion_reply),
  (SELECT count(*) FROM appointments_appointment), (SELECT count(*) FROM appointments_hold),
  (SELECT count(*) FROM notifications_notification)
"""
ANSWERED = "SELECT 1 FROM companion_reply WHERE message_id = %s AND status = 'selesai'"


def page(person: Person) -> httpx2.Response:
    return person.get("/student/notifications")


def is_there(person: Person) -> bool:
    return page(person).status_code == 200


def test_redis_dies_and_comes_back(
    machine: Machine, person: PersonNamed, rows: Rows, fault: Tell
) -> None:
    sari = person("Sari Amelia")
    seen = sari.feed()["latest_id"]
    with sari.socket() as line:
        machine.redis.kill()
        assert is_there(sari)
        message = int(machine.manage("shell", "--no-imports", "-c", BESIDE_THE_PAGES))
        began = time.monotonic()
        until(lambda: rows(ANSWERED, message), within=30)  # its bell rang for nobody
        started = time.monotonic() - began

        machine.redis.start()
        began = time.monotonic()
        assert is_there(sari)
        line.hear("resync", within=20)
        resumed = time.monotonic() - began
    news = sari.feed(after=seen)["notifications"]
    assert [each["text"] for each in news].count("Saat Redis mati") == 1
    assert resumed < 10
    fault(
        "Redis killed (`kill -9`) and started again",
        "nothing lost, nobody signed out, pages and jobs go on, sockets resume within 10 s with"
        " what was missed",
        f"pages answered; the socket told to ask for what it missed within {at_most(resumed)} of"
        f" its return; a job of meanwhile done within {at_most(started)}",
    )


def test_redis_is_emptied(machine: Machine, person: PersonNamed, rows: Rows, fault: Tell) -> None:
    sari = person("Sari Amelia")
    before = rows(COUNTED)
    with sari.socket() as line:
        redis.Redis.from_url(machine.redis.url).flushall()
        redis.Redis.from_url(machine.cache.url).flushall()
        assert is_there(sari)
        message = sari.ask("aku takut ujian")
        line.hear("companion", within=10)
        sari.answer_to(message, within=30)
    assert [new >= old for old, new in zip(before[0], rows(COUNTED)[0], strict=True)] == [True] * 5
    fault(
        "both Redis emptied (`FLUSHALL`)",
        "nothing lost, sessions back or one clean sign-in, sockets go on",
        "nobody signed out; every row there; the open socket heard the next answer",
    )


def test_redis_says_nothing(machine: Machine, person: PersonNamed, fault: Tell) -> None:
    sari = person("Sari Amelia")
    machine.redis.freeze()
    began = time.monotonic()
    assert is_there(sari)
    message = sari.ask("aku takut ujian")
    waited = time.monotonic() - began
    sari.answer_to(message, within=60)
    machine.redis.thaw()
    with sari.socket():
        pass
    assert waited < 10
    fault(
        "Redis frozen (SIGSTOP)",
        "pages and answers do without it, and none waits for long",
        f"two pages and a message within {at_most(waited)} together, the message answered",
    )


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_the_cache_is_away(machine: Machine, person: PersonNamed, fault: Tell, how: str) -> None:
    sari = person("Sari Amelia")
    (machine.cache.kill if how == "killed" else machine.cache.freeze)()
    began = time.monotonic()
    bunga = person("Bunga Lestari")
    waited = time.monotonic() - began
    assert is_there(sari)
    assert "data-words" in bunga.turn(answered(bunga))
    tries = guesses_until_refused(bunga.again())
    assert tries <= 2 * 5
    assert waited < 10
    fault(
        f"the cache's Redis {how}",
        "pages, sign-in and companion do without it; guessing stays throttled, by each process for"
        " itself",
        f"everything answered; a sign-in within {at_most(waited)}; guesses refused by the 10th",
    )


def answered(person: Person) -> int:
    message = person.ask("aku takut ujian")
    person.answer_to(message, within=30)
    return message


def guesses_until_refused(guesser: Person) -> int:
    guesser.web.cookies.clear()
    guesser.account = {"login": "0000000009", "password": "salah sekali"}
    for tries in range(1, 20):
        if guesser.sign_in().status_code == 429:
            return tries
    return 99
