"""A conversation of Sari's, and what the open pages of it would hear."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from educounsel.accounts.models import User
from educounsel.companion import asking
from educounsel.companion.models import Message
from educounsel.realtime.relay import Parcel, relay

DANGER = "aku pengen mati aja"
HARMLESS = "gimana cara membagi waktu belajar"

type Say = Callable[[User, str], Message]
type Heard = Callable[[], list[dict[str, Any]]]


def say(student: User, text: str) -> Message:
    return asking.ask(student, text, uuid4())


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """The companion events so far; whether they arrive is told in tests/realtime."""
    sent: list[Parcel] = []
    monkeypatch.setattr(relay, "publish", sent.append)

    def events() -> list[dict[str, Any]]:
        frames = [json.loads(parcel["text"]) for parcel in sent]
        return [json.loads(f["data"]) for f in frames if f["event"] == "companion"]

    return events


@pytest.fixture
def committing(transactional_db: None) -> Iterator[None]:
    """Transactions are real: what is sent after commit is sent."""
    yield
    connection.close()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Tuesday, 24 November 2026, 10.00 in Jakarta: a school day."""
    with time_machine.travel("2026-11-24T03:00:00Z", tick=False) as coordinates:
        yield coordinates
