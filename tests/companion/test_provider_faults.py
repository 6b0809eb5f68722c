"""A provider that fails: the queue tries again, the materi answer, and nobody waits long."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest
import time_machine
from django.utils import timezone
from django_ox.models import OxTask
from django_ox.testing import run_tasks
from llmock.pytest_plugin import LLMock
from llmock.scenarios import Reply as Says
from openai.types.responses import (
    Response,
    ResponseErrorEvent,
    ResponseFailedEvent,
    ResponseIncompleteEvent,
    ResponseStreamEvent,
)
from pytest_django import Settings

from educounsel.companion import asking
from educounsel.companion.models import SILENT_FOR, Message, Reply
from educounsel.companion.providers import ProviderFailed, breaker, openai, responses
from educounsel.companion.providers.line import rest_asked_for
from educounsel.companion.providers.spoken import End, Piece
from educounsel.companion.replying import PATIENCE, Draft, pause_after, reply_to
from tests.cast import Cast
from tests.companion.conftest import (
    DANGER,
    HARMLESS,
    say,
)

Status, Source = Reply.Status, Reply.Source


# --- A provider that fails ---------------------------------------------------------------------


# So many events bring the first words: Responses begins with four that bring none.
FIRST_WORDS = {"chat": 2, "responses": 6}


@pytest.fixture(params=["chat", "responses"])
def api(request: pytest.FixtureRequest, settings: Settings) -> str:
    """Each of the two that the setting knows."""
    settings.OPENAI_API = request.param
    return str(request.param)


def break_it(model: LLMock, fault: str, api: str) -> None:
    after = FIRST_WORDS[api]
    match fault:
        case "429":
            model.rate_limit(times=2, retry_after=0.1)
        case "500" | "401" | "400":
            model.fail(int(fault), times=2)
        case "cut":
            model.disconnect(after_chunks=after)
        case "no finish":
            model.truncate(after_chunks=after)
        case "broken json":
            model.corrupt(after_chunks=after)
        case "stall":
            model.stall(after_chunks=after, seconds=5)


@pytest.mark.parametrize("fault", ["429", "500", "cut", "no finish", "broken json", "stall"])
def test_a_passing_fault_leaves_the_answer_to_the_queue(
    message: Message, model: LLMock, monkeypatch: pytest.MonkeyPatch, fault: str, api: str
) -> None:
    monkeypatch.setattr(openai, "READ_SECONDS", 0.5)
    break_it(model, fault, api)
    with pytest.raises(ProviderFailed):
        reply_to(message.pk, is_last_try=False)
    assert Reply.objects.get().is_open
    breaker.worked()
    reply_to(message.pk, is_last_try=True)
    reply = Reply.objects.get()
    assert (reply.status, reply.source) == (Status.DONE, Source.AI)


@pytest.mark.parametrize("fault", ["cut", "no finish", "broken json", "stall"])
def test_the_last_try_keeps_what_came_and_says_it_broke_off(
    message: Message, model: LLMock, monkeypatch: pytest.MonkeyPatch, fault: str, api: str
) -> None:
    monkeypatch.setattr(openai, "READ_SECONDS", 0.5)
    model.reply("Satu dua tiga empat lima enam tujuh delapan")
    break_it(model, fault, api)
    reply_to(message.pk, is_last_try=True)
    reply = Reply.objects.get()
    assert (reply.status, reply.was_cut_off) == (Status.INTERRUPTED, True)
    assert reply.text
    assert "Satu dua tiga empat lima enam tujuh delapan".startswith(reply.text.strip())


@pytest.mark.parametrize(
    ("api", "reason"),
    [("chat", "length"), ("chat", "content_filter"), ("responses", "length")],
    indirect=["api"],
)
def test_an_answer_that_the_provider_cuts_short_is_not_whole(
    message: Message, model: LLMock, api: str, reason: str
) -> None:
    model.add(Says("Coba mulai dari yang paling", finish_reason=reason))
    reply_to(message.pk, is_last_try=False)
    reply = Reply.objects.get()
    assert (reply.status, reply.was_cut_off) == (Status.INTERRUPTED, True)
    assert reply.text.strip() == "Coba mulai dari yang paling"
    assert len(model.requests) == 1


def test_an_answer_that_is_cut_before_its_first_word_gives_way_to_the_materi(
    message: Message, model: LLMock, api: str
) -> None:
    model.add(Says("", finish_reason="length"))
    reply_to(message.pk, is_last_try=False)
    assert (Reply.objects.get().source, len(model.requests)) == (Source.QUOTES, 1)


@pytest.mark.parametrize("fault", ["401", "400"])
def test_a_wrong_key_is_not_tried_again(
    message: Message, model: LLMock, fault: str, api: str
) -> None:
    break_it(model, fault, api)
    reply_to(message.pk, is_last_try=False)
    assert Reply.objects.get().source == Source.QUOTES
    assert len(model.requests) == 1


def test_an_answer_has_a_time_of_its_own(
    message: Message, model: LLMock, monkeypatch: pytest.MonkeyPatch, api: str
) -> None:
    monkeypatch.setattr(openai, "TOTAL_SECONDS", 3.0)
    model.reply("Mulai dari yang mudah. " * 200).pace(20)
    reply_to(message.pk, is_last_try=False)
    reply = Reply.objects.get()
    assert (reply.status, reply.text[:5]) == (Status.INTERRUPTED, "Mulai")
    assert model.last_request.chunks_sent < 800


def a_try_before(message: Message, *, ago: float, silent_for: float = 0) -> None:
    """In seconds: when the first run began, and when the last one said something."""
    now = timezone.now()
    Reply.objects.filter(message=message).update(
        status=Status.STREAMING,
        begun_at=now - timedelta(seconds=ago),
        touched_at=now - timedelta(seconds=silent_for),
    )


def test_the_tries_of_an_answer_share_its_time(message: Message, model: LLMock, api: str) -> None:
    a_try_before(message, ago=openai.TOTAL_SECONDS - 3)
    model.reply("kata " * 500).pace(20)
    reply_to(message.pk, is_last_try=False)
    assert Reply.objects.get().status == Status.INTERRUPTED
    assert model.last_request.chunks_sent < 500


def test_a_rest_that_the_time_of_an_answer_does_not_hold_is_not_waited_for(
    message: Message, model: LLMock
) -> None:
    a_try_before(message, ago=openai.TOTAL_SECONDS - 15)
    model.fail(429, times=2, retry_after=8)
    reply_to(message.pk, is_last_try=False)
    assert Reply.objects.get().source == Source.QUOTES


def test_when_its_time_is_over_nobody_is_asked(message: Message, model: LLMock) -> None:
    a_try_before(message, ago=openai.TOTAL_SECONDS + 1)
    reply_to(message.pk, is_last_try=False)
    assert (Reply.objects.get().source, len(model.requests)) == (Source.QUOTES, 0)


def test_an_answer_that_fell_silent_long_ago_has_all_its_time(
    message: Message, model: LLMock
) -> None:
    a_try_before(message, ago=600, silent_for=SILENT_FOR.total_seconds() + 1)
    reply_to(message.pk, is_last_try=False)
    assert Reply.objects.get().source == Source.AI


def test_an_answer_asked_for_again_has_all_its_time(message: Message, model: LLMock) -> None:
    a_try_before(message, ago=openai.TOTAL_SECONDS)
    asking.stop(message.reply)
    asking.retry(message.reply)
    reply_to(message.pk, is_last_try=False)
    assert Reply.objects.get().source == Source.AI


@pytest.mark.parametrize("keep_alive", [b"", b": ping\n\n"], ids=["stall", "keep-alives"])
def test_a_silent_provider_holds_an_answer_no_longer_than_that(
    message: Message,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    keep_alive: bytes,
    api: str,
) -> None:
    monkeypatch.setattr(openai, "TOTAL_SECONDS", 0.4)
    settings.OPENAI_API_KEY = "a-key"
    with a_silent_server(keep_alive) as settings.OPENAI_BASE_URL:
        started = time.monotonic()
        reply_to(message.pk, is_last_try=False)
        assert time.monotonic() - started < PATIENCE
    assert Reply.objects.get().source == Source.QUOTES


@contextmanager
def a_silent_server(keep_alive: bytes) -> Iterator[str]:
    """Opens a stream and never says a word; llmock cannot keep a line alive."""

    class Silent(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            while not over.wait(0.05):
                with suppress(OSError):
                    self.wfile.write(keep_alive)

        def log_message(self, *args: object) -> None: ...

    over, server = threading.Event(), ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    over.set()
    server.shutdown()
    server.server_close()


def test_a_server_that_is_not_there_is_a_passing_fault(
    message: Message, settings: Settings, api: str
) -> None:
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "a-key", "http://127.0.0.1:9/v1"
    with pytest.raises(ProviderFailed, match="APIConnectionError"):
        reply_to(message.pk, is_last_try=False)


@pytest.mark.parametrize("seconds", [0.2, 30])
def test_a_first_word_that_comes_late_is_waited_for_up_to_the_time_out(
    message: Message, model: LLMock, monkeypatch: pytest.MonkeyPatch, api: str, seconds: float
) -> None:
    monkeypatch.setattr(openai, "READ_SECONDS", 1.0)
    model.slow_first_token(seconds, times=2)
    if seconds > 1:
        with pytest.raises(ProviderFailed, match="Time"):
            reply_to(message.pk, is_last_try=False)
    else:
        reply_to(message.pk, is_last_try=False)
        assert Reply.objects.get().source == Source.AI


@pytest.mark.parametrize(
    "event",
    [
        ResponseFailedEvent.construct(type="response.failed"),
        ResponseErrorEvent.construct(type="error", message="rahasiaku"),
    ],
)
def test_an_answer_that_the_responses_api_gives_up_on_failed(event: ResponseStreamEvent) -> None:
    with pytest.raises(ProviderFailed, match=r"^the provider gave up on the answer$"):
        responses.read(event)


def test_the_responses_api_has_an_event_for_an_answer_that_it_cuts_short() -> None:
    cut = Response.construct(status="incomplete", usage=None)
    event = ResponseIncompleteEvent.construct(type="response.incomplete", response=cut)
    assert responses.read(event) == Piece(end=End.CUT_SHORT)


def test_an_answer_without_a_word_gives_way_to_the_materi(
    message: Message, model: LLMock, api: str
) -> None:
    model.reply("")
    reply_to(message.pk, is_last_try=False)
    assert (Reply.objects.get().source, len(model.requests)) == (Source.QUOTES, 1)


def test_the_last_try_of_the_queue_is_the_last(message: Message, model: LLMock, api: str) -> None:
    OxTask.objects.update(attempts=2, worker_ids=["first", "second"])
    model.outage()
    run_tasks()
    reply = Reply.objects.get()
    assert (reply.status, reply.source) == (Status.DONE, Source.QUOTES)
    assert "sedang tidak bisa dihubungi" in reply.text


def test_no_log_line_carries_what_was_written(
    cast: Cast, model: LLMock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="educounsel")
    for text in ("rahasiaku tentang Bayu", f"{DANGER} gara-gara Bayu"):
        said = say(cast.sari, text)
        model.fail(400, message="rahasiaku tentang Bayu")
        reply_to(said.pk, is_last_try=True)
    assert caplog.messages
    assert not [line for line in caplog.messages if "Bayu" in line or "Sari" in line]


# --- A provider that is down slows nobody -------------------------------------------------------


@pytest.fixture
def cache_by_this_clock(settings: Settings) -> None:
    """Redis lets things go by a clock of its own, which no test can turn."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


def test_after_three_failures_nobody_waits_for_the_provider(cast: Cast, model: LLMock) -> None:
    model.outage()
    for _ in range(3):
        reply_to(say(cast.sari, HARMLESS).pk, is_last_try=True)
    asked = len(model.requests)
    message = say(cast.dodi, HARMLESS)
    reply_to(message.pk, is_last_try=False)
    assert len(model.requests) == asked
    assert Reply.objects.get(message=message).source == Source.QUOTES


@pytest.mark.usefixtures("cache_by_this_clock")
def test_after_the_pause_one_asks_and_the_others_follow_its_success(
    cast: Cast, model: LLMock, clock: time_machine.Traveller
) -> None:
    for _ in range(breaker.FAILURES):
        breaker.failed(ProviderFailed("down"))
    assert not breaker.may_ask()
    clock.shift(breaker.OPEN_SECONDS + 1)
    assert [breaker.may_ask() for _ in range(3)] == [True, False, False]
    breaker.worked()
    assert breaker.may_ask()


@pytest.mark.usefixtures("cache_by_this_clock")
def test_a_probe_that_fails_closes_the_way_again(clock: time_machine.Traveller) -> None:
    _pause_is_over(clock)
    assert breaker.may_ask()
    breaker.failed(ProviderFailed("down"))
    assert not breaker.may_ask()


@pytest.mark.usefixtures("cache_by_this_clock")
def test_while_one_waits_for_a_silent_provider_no_other_does(
    clock: time_machine.Traveller,
) -> None:
    _pause_is_over(clock)
    assert breaker.may_ask()
    clock.shift(openai.TOTAL_SECONDS - 1)
    assert not breaker.may_ask()
    clock.shift(2)
    assert breaker.may_ask()


@pytest.mark.usefixtures("cache_by_this_clock")
def test_when_the_one_that_went_ahead_is_stopped_the_next_goes(
    message: Message, model: LLMock, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    _pause_is_over(clock)
    monkeypatch.setattr(Draft, "_flush", lambda draft: asking.stop(draft.reply))
    model.reply("Mulai dari yang mudah. " * 20).pace(20)
    reply_to(message.pk, is_last_try=False)
    assert Reply.objects.get().status == Status.STOPPED
    assert [breaker.may_ask() for _ in range(2)] == [True, False]


@pytest.mark.usefixtures("cache_by_this_clock")
def test_when_the_one_that_went_ahead_is_refused_for_itself_the_next_goes(
    message: Message, model: LLMock, clock: time_machine.Traveller
) -> None:
    _pause_is_over(clock)
    model.fail(400)
    reply_to(message.pk, is_last_try=False)
    assert [breaker.may_ask() for _ in range(2)] == [True, False]


def _pause_is_over(clock: time_machine.Traveller) -> None:
    for _ in range(breaker.FAILURES):
        breaker.failed(ProviderFailed("down"))
    clock.shift(breaker.OPEN_SECONDS + 1)


def test_a_wrong_key_is_no_weak_moment_of_the_provider() -> None:
    for _ in range(breaker.FAILURES):
        breaker.failed(ProviderFailed("401", is_permanent=True))
    assert breaker.may_ask()


@pytest.mark.usefixtures("cache_by_this_clock")
def test_a_provider_that_asks_for_rest_is_left_alone_so_long(
    cast: Cast, message: Message, model: LLMock, clock: time_machine.Traveller, api: str
) -> None:
    model.rate_limit(times=2, retry_after=0.1)
    with pytest.raises(ProviderFailed) as refused:
        reply_to(message.pk, is_last_try=False)
    assert refused.value.retry_after == 0.1
    assert pause_after(refused.value, None) == 1
    assert not breaker.may_ask()
    clock.shift(2)
    assert breaker.may_ask()


def test_the_queue_tries_again_after_a_fault_in_which_no_pause_was_asked_for(
    message: Message, model: LLMock
) -> None:
    model.fail(500, times=4)
    for tries in (1, 2):
        OxTask.objects.update(run_after=None)
        run_tasks()
        waiting = OxTask.objects.get(status=OxTask.Status.READY, run_after__isnull=False)
        assert waiting.attempts == tries
    OxTask.objects.update(run_after=None)
    run_tasks()
    assert Reply.objects.get().status == Status.DONE


@pytest.mark.parametrize("seconds", [5, 100])
def test_a_rest_is_waited_for_by_the_queue_and_not_by_the_answer(
    message: Message, model: LLMock, api: str, seconds: int
) -> None:
    model.fail(429, times=2, retry_after=seconds)
    run_tasks()
    assert len(model.requests) == 1
    assert not breaker.may_ask()
    job = OxTask.objects.get(task_path__endswith=".process_chatbot")
    if seconds > PATIENCE:
        assert Reply.objects.get().source == Source.QUOTES
    else:
        assert Reply.objects.get().is_open
        assert job.run_after is not None
        assert job.last_attempted_at is not None
        assert job.run_after - job.last_attempted_at >= timedelta(seconds=seconds)


def test_a_rest_of_a_moment_is_waited_for_at_once(
    message: Message, model: LLMock, api: str
) -> None:
    model.fail(429, retry_after=1)
    reply_to(message.pk, is_last_try=False)
    assert Reply.objects.get().source == Source.AI
    assert len(model.requests) == 2


IN_AN_HOUR = formatdate(time.time() + 3600, usegmt=True)


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ({"retry-after": "7"}, 7, 7),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5, 1.5),
        ({"retry-after": "-3"}, 0, 0),
        ({"retry-after": IN_AN_HOUR}, 1, 3600),
    ],
)
def test_a_provider_may_ask_for_rest_in_several_forms(
    header: dict[str, str], least: float, most: float
) -> None:
    seconds = rest_asked_for(httpx2.Response(429, headers=header))
    assert seconds is not None
    assert least <= seconds <= most


@pytest.mark.parametrize("said", ["inf", "nan", "1e999", "soon", "", "Fri, 99 Foo 2026"])
def test_a_rest_without_a_length_leaves_the_pause_to_the_queue(said: str) -> None:
    assert rest_asked_for(httpx2.Response(429, headers={"retry-after": said})) is None
    assert rest_asked_for(httpx2.Response(429)) is None


def test_a_long_rest_is_not_waited_for(message: Message, model: LLMock, api: str) -> None:
    model.fail(429, times=2, retry_after=300)
    reply_to(message.pk, is_last_try=False)
    assert Reply.objects.get().source == Source.QUOTES
