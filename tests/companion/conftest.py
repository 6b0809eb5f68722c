"""A conversation of Sari's, and what the open pages of it would hear."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from llmock.pytest_plugin import LLMock
from pytest_django import Settings

from educounsel.accounts.models import User
from educounsel.companion import asking, cases
from educounsel.companion.models import Case, Message, Reply
from educounsel.materi import publishing
from educounsel.materi.models import Materi
from educounsel.realtime.relay import Parcel, relay
from tests.cast import Cast
from tests.factories import make_materi

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
        return [parcel["data"] for parcel in sent if parcel["event"] == "companion"]

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


@pytest.fixture
def model(llmock: LLMock, settings: Settings) -> LLMock:
    """A server that speaks OpenAI's API and fails on command; nobody here wrote it."""
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "a-key", llmock.base_url()
    return llmock


@pytest.fixture
def message(cast: Cast) -> Message:
    return say(cast.sari, HARMLESS)


@pytest.fixture
def case(cast: Cast) -> Case:
    say(cast.sari, "sebelumnya baik saja")
    say(cast.sari, DANGER)
    return Case.objects.get()


@pytest.fixture
def held(cast: Cast, case: Case) -> Case:
    """Held by Bu Rina."""
    cases.claim(case, cast.rina)
    return case


def answered(message: Message) -> tuple[str, str]:
    reply = Reply.objects.get(message=message)
    return reply.status, reply.text


def sent_words(model: LLMock) -> list[tuple[str, str]]:
    return [(turn["role"], turn["content"]) for turn in model.last_request.body["messages"]]


def a_shelf_with(cast: Cast, **fields: str) -> Materi:
    """Among others, or no word would be rare enough to say what a question is about."""
    for title in ("Saat teman menjauh", "Memilih jurusan", "Tidur yang cukup"):
        publishing.save(make_materi(cast.rina, title, body=f"Tentang {title}."), [])
    materi = make_materi(cast.rina, "Membagi waktu belajar", **fields)
    publishing.save(materi, [])
    return materi
