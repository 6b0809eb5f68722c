"""A second opinion raises a message's level, never lowers it, and people answer at once."""

import json
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection
from llmock.pytest_plugin import LLMock
from pytest_django import Settings

from educounsel.companion import opinions
from educounsel.companion.checking import INSTEAD
from educounsel.companion.models import Case, Level, Message, Reply
from educounsel.companion.providers import moderation, openai
from educounsel.companion.raising import WORDS_OF_PEOPLE, Alarm, raise_level
from educounsel.companion.replying import KEPT_BACK, reply_to
from educounsel.notifications.models import Notification
from tests.cast import Cast
from tests.companion.conftest import DANGER, HARMLESS, Heard, say
from tests.conftest import ClientOf

Source, Status = Reply.Source, Reply.Status
CRISIS = Alarm(Level.CRISIS, "suicide", "self", "moderation:self-harm/intent")
CONCERN = Alarm(Level.CONCERN, "self_harm", "self", "moderation:self-harm")
QUIET = dict.fromkeys((each.name for each in moderation.THRESHOLDS), 0.01) | {"violence": 0.99}


class Provider:
    """A real server with both of OpenAI's endpoints. llmock has no moderation."""

    def __init__(self) -> None:
        self.scores: dict[str, float] = dict(QUIET)
        self.status, self.raw = 200, b""
        self.asked: list[dict[str, Any]] = []
        self.headers: list[str] = []
        self.has_spoken, self.may_judge, self.over = (threading.Event() for _ in range(3))
        self.may_judge.set()
        self.waits_for_words = self.speaks_on = False

    def judgement(self) -> bytes:
        if self.raw:
            return self.raw
        flags = {name: score > 0.5 for name, score in self.scores.items()}
        result = {"flagged": True, "categories": flags, "category_scores": self.scores}
        return json.dumps({"id": "m", "model": "omni", "results": [result]}).encode()


class Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with suppress(OSError):
            if self.path == "/v1/moderations":
                self.judge(body)
            else:
                self.speak()

    def judge(self, body: dict[str, Any]) -> None:
        self.provider.asked.append(body)
        self.provider.headers.append(self.headers["Authorization"])
        if self.provider.waits_for_words:
            self.provider.has_spoken.wait(5)
        self.provider.may_judge.wait(5)
        self.send_response(self.provider.status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(self.provider.judgement())

    def speak(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.say("Wajar kok. ")
        self.provider.has_spoken.set()
        while self.provider.speaks_on and not self.provider.over.wait(0.02):
            self.say("kata ")
        self.say("Selesai.", "stop")
        self.wfile.write(b"data: [DONE]\n\n")

    def say(self, words: str, finish: str | None = None) -> None:
        choice = {"index": 0, "delta": {"content": words}, "finish_reason": finish}
        chunk = {"id": "c", "object": "chat.completion.chunk", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *args: object) -> None: ...


@contextmanager
def serving(provider: Provider) -> Iterator[str]:
    handler = type("HandlerOfOne", (Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    provider.over.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    provider = Provider()
    settings.OPENAI_API_KEY, settings.OPENAI_MODERATION = "a-key", True
    with serving(provider) as settings.OPENAI_BASE_URL:
        yield provider


def inputs(provider: Provider) -> set[str]:
    """A message and its answer may be judged at the same time, in either order."""
    return {str(each["input"]) for each in provider.asked}


def judged(message: Message) -> tuple[str, str, str]:
    message.refresh_from_db()
    return message.level, message.category, message.rule


# --- The provider's moderation -------------------------------------------------------------------


def test_it_is_asked_with_the_masked_message_alone(cast: Cast, provider: Provider) -> None:
    say(cast.sari, "yang sebelumnya")
    text = "aku sari, sekelompok sama dodi pratama, wa 0812-3456-7890"
    reply_to(say(cast.sari, text).pk, is_last_try=False)
    masked = "aku [nama], sekelompok sama [nama], wa [nomor]"
    assert {"input": masked, "model": "omni-moderation-latest"} in provider.asked
    assert set(provider.headers) == {"Bearer a-key"}


def test_it_is_off_unless_the_setting_says_so(
    message: Message, provider: Provider, settings: Settings
) -> None:
    settings.OPENAI_MODERATION = False
    reply_to(message.pk, is_last_try=False)
    assert provider.asked == []


@pytest.mark.parametrize(
    ("category", "score", "level", "ours"),
    [
        ("self-harm/intent", 0.95, "crisis", "suicide"),
        ("self-harm/intent", 0.4, "concern", "suicide"),
        ("self-harm/intent", 0.2, "none", "none"),
        ("sexual/minors", 0.6, "crisis", "sexual_abuse"),
        ("harassment/threatening", 0.9, "crisis", "violence"),
        ("harassment/threatening", 0.6, "concern", "violence"),
        ("self-harm", 0.99, "concern", "self_harm"),
    ],
)
def test_each_category_raises_from_its_own_score_on(
    message: Message, provider: Provider, category: str, score: float, level: str, ours: str
) -> None:
    provider.scores[category] = score
    reply_to(message.pk, is_last_try=False)
    rule = f"moderation:{category}" if level != "none" else ""
    assert judged(message) == (level, ours, rule)
    assert Case.objects.exists() == (level == "crisis")


def test_the_gravest_counts(message: Message, provider: Provider) -> None:
    provider.scores |= {"self-harm/intent": 0.4, "hate/threatening": 0.9}
    reply_to(message.pk, is_last_try=False)
    assert judged(message) == ("crisis", "violence", "moderation:hate/threatening")


def test_while_the_model_speaks_its_words_give_way_to_those_of_people(
    cast: Cast, message: Message, provider: Provider, client_of: ClientOf
) -> None:
    provider.speaks_on = provider.waits_for_words = True
    provider.scores["self-harm/intent"] = 0.95
    reply_to(message.pk, is_last_try=False)
    reply = Reply.objects.get()
    assert (reply.status, reply.source, reply.text) == (
        Status.DONE,
        Source.PEOPLE,
        WORDS_OF_PEOPLE,
    )
    assert provider.over.is_set() is False  # it was the stream that was left, not its end
    page = client_of(cast.sari).get(f"/student/ai-companion/messages/{message.pk}").text
    assert "Kamu tidak salah." in page
    assert "Wajar kok" not in page
    assert Notification.objects.filter(recipient=cast.rina, kind="case").count() == 1


def test_an_answer_that_was_quicker_is_replaced(message: Message, provider: Provider) -> None:
    provider.may_judge.clear()
    provider.scores["self-harm/intent"] = 0.95
    threading.Timer(0.3, provider.may_judge.set).start()
    reply_to(message.pk, is_last_try=False)
    assert Reply.objects.get().text == WORDS_OF_PEOPLE


def test_the_open_page_hears_of_it(
    message: Message, provider: Provider, heard: Heard, committing: None
) -> None:
    provider.scores["self-harm/intent"] = 0.95
    reply_to(message.pk, is_last_try=False)
    assert heard()[-1] == {"message": message.pk}


@pytest.mark.parametrize(
    "fault", [(500, b""), (401, b"{}"), (200, b"no json"), (200, b'{"results": []}')]
)
def test_where_it_fails_nothing_changes(
    message: Message, provider: Provider, fault: tuple[int, bytes]
) -> None:
    provider.status, provider.raw = fault
    reply_to(message.pk, is_last_try=False)
    assert judged(message) == ("none", "none", "")
    assert Reply.objects.get().text == "Wajar kok. Selesai."


def test_where_it_is_silent_the_answer_is_there_all_the_same(
    message: Message, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opinions, "LAST_WAIT_SECONDS", 0.1)
    provider.may_judge.clear()
    reply_to(message.pk, is_last_try=False)
    assert Reply.objects.get().text == "Wajar kok. Selesai."
    provider.may_judge.set()


def test_after_three_failures_it_is_left_alone_and_the_model_is_not(
    cast: Cast, provider: Provider
) -> None:
    provider.status = 500
    for _ in range(5):
        reply_to(say(cast.sari, HARMLESS).pk, is_last_try=False)
    # The message and its answer may be judged at the same time: then one more is on its way.
    assert 3 <= len(provider.asked) <= 4
    assert {reply.source for reply in Reply.objects.all()} == {Source.AI}


def test_it_reads_along_where_the_materi_answer(
    message: Message, provider: Provider, settings: Settings
) -> None:
    settings.COMPANION_TOKENS_A_DAY = 0
    provider.scores["self-harm/intent"] = 0.95
    reply_to(message.pk, is_last_try=False)
    assert judged(message)[0] == "crisis"


def test_what_the_screening_called_a_crisis_needs_no_opinion(
    cast: Cast, provider: Provider
) -> None:
    message = say(cast.sari, DANGER)
    before = judged(message)
    reply_to(message.pk, is_last_try=False)
    assert (provider.asked, judged(message)) == ([], before)


def test_no_log_line_of_it_carries_a_word(
    cast: Cast, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="educounsel")
    provider.status, provider.raw = 400, b'{"error": {"message": "rahasiaku"}}'
    reply_to(say(cast.sari, "rahasiaku banyak").pk, is_last_try=False)
    assert "Moderation of message" in caplog.text
    assert "rahasiaku" not in caplog.text


# --- The provider's moderation of the answer -----------------------------------------------------


def test_a_whole_answer_is_moderated_too_and_taken_back_where_it_harms(
    message: Message, provider: Provider, heard: Heard, committing: None
) -> None:
    provider.scores["sexual"] = 0.9
    reply_to(message.pk, is_last_try=False)
    assert "Wajar kok. Selesai." in inputs(provider)
    reply = Reply.objects.get()
    assert (reply.status, reply.text, reply.source) == (Status.DONE, KEPT_BACK, Source.AI)
    assert judged(message)[0] == "none"  # that is the model's fault, not the student's
    assert heard()[-1] == {"message": message.pk}


@pytest.mark.parametrize(("category", "score"), [("sexual", 0.4), ("self-harm", 0.99)])
def test_a_kind_answer_that_speaks_of_harm_stays(
    message: Message, provider: Provider, category: str, score: float
) -> None:
    provider.scores[category] = score
    reply_to(message.pk, is_last_try=False)
    assert Reply.objects.get().text == "Wajar kok. Selesai."


def test_it_never_shows_what_the_net_has_stopped(
    message: Message, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Handler, "speak", lambda handler: _speaks(handler, "Kamu bipolar."))
    reply_to(message.pk, is_last_try=False)
    assert Reply.objects.get().text == INSTEAD
    assert inputs(provider) == {message.text, INSTEAD}


def _speaks(handler: Handler, words: str) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.end_headers()
    handler.say(words, "stop")
    handler.wfile.write(b"data: [DONE]\n\n")


def test_an_answer_that_took_nearly_all_the_time_is_not_held_for_it(
    message: Message, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai, "TOTAL_SECONDS", opinions.LAST_WAIT_SECONDS - 0.5)
    provider.scores["sexual"] = 0.9
    reply_to(message.pk, is_last_try=False)
    assert len(provider.asked) == 1
    assert Reply.objects.get().text == "Wajar kok. Selesai."


# --- What the model says -------------------------------------------------------------------------


def test_the_model_calls_people_and_falls_silent(
    cast: Cast, message: Message, model: LLMock, client_of: ClientOf
) -> None:
    model.reply("[[bahaya]] Aku ada di sini. " + "kata " * 300).pace(20)
    reply_to(message.pk, is_last_try=False)
    assert judged(message) == ("crisis", "distress", "model:bahaya")
    assert Reply.objects.get().text == WORDS_OF_PEOPLE
    assert Case.objects.get().messages.get() == message
    assert model.last_request.chunks_sent < 300
    assert "Kamu tidak salah." in client_of(cast.sari).get("/student/ai-companion").text


def test_a_mark_that_comes_as_the_last_words_counts(message: Message, model: LLMock) -> None:
    model.reply("Cari orang dewasa ya. [[bahaya]]")
    reply_to(message.pk, is_last_try=False)
    assert (judged(message)[0], Reply.objects.get().source) == ("crisis", Source.PEOPLE)


def test_what_is_no_danger_now_is_a_concern_and_the_answer_goes_on(
    message: Message, model: LLMock
) -> None:
    model.reply("[[perhatian]] Berat ya rasanya.")
    reply_to(message.pk, is_last_try=False)
    assert judged(message) == ("concern", "distress", "model:perhatian")
    assert Reply.objects.get().text == "Berat ya rasanya."
    assert not Case.objects.exists()


@pytest.mark.parametrize("words", ["aman", "[[aman]]", "[[none]]", "[[janji]]", "[[bahaya palsu]]"])
def test_nothing_that_the_model_writes_lowers_or_invents(
    cast: Cast, model: LLMock, words: str
) -> None:
    message = say(cast.sari, HARMLESS)
    raise_level(message, CONCERN)
    model.reply(f"{words} Tidak apa-apa.")
    reply_to(message.pk, is_last_try=False)
    assert judged(message) == ("concern", "self_harm", CONCERN.rule)


# --- Raising -------------------------------------------------------------------------------------


def test_it_never_goes_down(cast: Cast) -> None:
    message = say(cast.sari, DANGER)
    before = judged(message)
    assert not raise_level(message, CONCERN)
    assert not raise_level(message, CRISIS)
    assert judged(message) == before
    assert Case.objects.count() == 1


def test_what_comes_after_a_raised_crisis_is_a_concern_at_least(
    cast: Cast, message: Message
) -> None:
    raise_level(message, CRISIS)
    assert say(cast.sari, "cuma bercanda kok hehe").level == "concern"


def test_it_joins_the_case_that_is_open(cast: Cast) -> None:
    message = say(cast.sari, HARMLESS)
    say(cast.sari, DANGER)
    assert raise_level(message, CRISIS)
    message.refresh_from_db()
    assert message.case == Case.objects.get()


def test_two_opinions_at_once_open_one_case(message: Message, committing: None) -> None:
    def raised(_: int) -> bool:
        try:
            return raise_level(Message.objects.get(pk=message.pk), CRISIS)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        assert sorted(people.map(raised, range(4))) == [False, False, False, True]
    assert Case.objects.count() == 1


def test_a_message_that_was_deleted_meanwhile_is_no_error(message: Message) -> None:
    Message.objects.filter(pk=message.pk).delete()
    assert not raise_level(message, CRISIS)
