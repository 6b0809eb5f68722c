"""What a load balancer is told, by any host name and without a session."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_ox.models import OxScheduleTick, OxTask

from educounsel.asgi import application
from educounsel.operations import health
from educounsel.operations.parts import Part, parts
from tests.test_jobs import note

# The parts are asked on threads of their own, which see committed rows alone.
pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Answer:
    status: int = 0
    body: bytes = b""


def ask(path: str, method: str = "GET", *headers: tuple[bytes, bytes]) -> Answer:
    return asyncio.run(_ask(path, method, *headers))


async def _ask(path: str, method: str = "GET", *headers: tuple[bytes, bytes]) -> Answer:
    answer = Answer()
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"10.0.3.7"), *headers],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        answer.status = message.get("status", answer.status)
        answer.body += message.get("body", b"")

    await application(scope, receive, send)
    return answer


@pytest.fixture
def change(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], str]], None]:
    """Another way to ask one of the parts."""

    def change_one(name: str, ask: Callable[[], str]) -> None:
        changed = [Part(p.name, ask, p.is_needed) if p.name == name else p for p in parts()]
        monkeypatch.setattr(health, "watches", [health.Watch(part) for part in changed])

    return change_one


def refuse() -> str:
    raise ConnectionRefusedError("kata sandi salah: rahasia")


def test_a_living_process_says_ok() -> None:
    assert ask("/healthz") == Answer(200, b"ok")
    assert ask("/healthz", "HEAD").status == 200
    assert ask("/healthz", "POST").status == 405


def test_all_parts_answer() -> None:
    answer = ask("/readyz")
    assert answer.status == 200
    assert json.loads(answer.body) == {part.name: "ok" for part in parts()}


@pytest.mark.parametrize(
    ("name", "status"),
    [("database", 503), ("sessions", 200), ("cache", 200), ("storage", 200), ("queue", 200)],
)
def test_only_a_part_that_every_page_needs_takes_the_process_out(
    change: Callable[[str, Callable[[], str]], None],
    caplog: pytest.LogCaptureFixture,
    name: str,
    status: int,
) -> None:
    change(name, refuse)
    answer = ask("/readyz")
    state = {part.name: "ok" for part in parts()} | {name: "away"}
    assert (answer.status, json.loads(answer.body)) == (status, state)
    assert "rahasia" not in caplog.text


@pytest.fixture
def hanging() -> Iterator[threading.Event]:
    let_go = threading.Event()
    yield let_go
    let_go.set()


def test_a_part_that_hangs_is_asked_once_however_many_want_to_know(
    change: Callable[[str, Callable[[], str]], None],
    monkeypatch: pytest.MonkeyPatch,
    hanging: threading.Event,
) -> None:
    asked: list[int] = []

    def hang() -> str:
        asked.append(1)
        hanging.wait(20)
        return ""

    change("database", hang)
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.1)

    async def many() -> list[Answer]:
        return await asyncio.gather(*(_ask("/readyz") for _ in range(20)), _ask("/healthz"))

    answers = asyncio.run(many())
    assert [answer.status for answer in answers] == [503] * 20 + [200]
    assert asked == [1]


def test_a_job_that_waits_too_long_is_seen() -> None:
    note.enqueue(1)
    OxTask.objects.update(enqueued_at="2026-01-01T00:00:00Z")
    answer = ask("/readyz")
    assert (answer.status, json.loads(answer.body)["queue"]) == (200, "away")


@pytest.mark.parametrize(("minutes", "state"), [(2, "ok"), (4, "away")])
def test_with_no_worker_the_clock_starts_nothing_and_this_is_seen(minutes: int, state: str) -> None:
    """With nothing queued too: open cases would wait for their next person."""
    for age in (60, minutes):
        moment = timezone.now() - timedelta(minutes=age)
        OxScheduleTick.objects.create(schedule_name="any", scheduled_for=moment, created_at=moment)
    answer = ask("/readyz")
    assert (answer.status, json.loads(answer.body)["queue"]) == (200, state)
