"""The answer: streamed from a real server, written once, whole or honestly cut off."""

import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.test import TestCase
from django.utils import timezone
from django_ox.models import OxTask
from django_ox.testing import run_tasks
from llmock.pytest_plugin import LLMock
from pytest_django import Settings

from educounsel.companion import asking
from educounsel.companion.models import Message, Reply
from educounsel.companion.providers import openai
from educounsel.companion.providers.spoken import Turn
from educounsel.companion.replying import (
    FLUSH_SECONDS,
    Draft,
    Overtaken,
    give_up_on_lost,
    reply_to,
)
from tests.cast import Cast
from tests.companion.conftest import DANGER, HARMLESS, Heard, answered, say, sent_words

Status, Source = Reply.Status, Reply.Source


# --- Whole answers -----------------------------------------------------------------------------


def test_the_answer_of_the_model_is_saved_with_its_prompt(message: Message, model: LLMock) -> None:
    model.reply("Aku dengar kamu. Coba mulai dari satu halaman.")
    reply_to(message.pk, is_last_try=False)
    reply = Reply.objects.get()
    assert answered(message) == (Status.DONE, "Aku dengar kamu. Coba mulai dari satu halaman.")
    assert (reply.source, reply.prompt_version) == (Source.AI, "sahabat-5")
    assert reply.finished_at is not None


def test_run_twice_it_answers_once(message: Message, model: LLMock) -> None:
    model.reply("Pertama.").reply("Kedua.")
    for _ in range(2):
        reply_to(message.pk, is_last_try=False)
    assert answered(message) == (Status.DONE, "Pertama.")
    assert len(model.requests) == 1


def test_the_responses_api_answers_by_setting(
    message: Message, model: LLMock, settings: Settings
) -> None:
    settings.OPENAI_API = "responses"
    model.reply("Aku dengar kamu.")
    reply_to(message.pk, is_last_try=False)
    assert answered(message) == (Status.DONE, "Aku dengar kamu.")
    assert model.last_request.path.endswith("/responses")
    assert model.last_request.body["store"] is False


def test_a_message_that_is_gone_is_no_error(cast: Cast) -> None:
    reply_to(4_000_000, is_last_try=False)


def test_nothing_of_who_the_student_is_goes_to_the_provider(
    cast: Cast, message: Message, model: LLMock
) -> None:
    reply_to(message.pk, is_last_try=False)
    body = model.last_request.body
    said = str(body)
    for secret in (cast.sari.name, "Sari", cast.sari.nisn, "XI IPA 2", cast.school.name):
        assert str(secret) not in said
    assert len(body["safety_identifier"]) == 64
    assert body["store"] is False


def test_the_last_turns_go_along_and_words_said_in_danger_do_not(cast: Cast, model: LLMock) -> None:
    model.reply("Halo juga.").reply("Aku di sini.")
    reply_to(say(cast.sari, "halo").pk, is_last_try=False)
    say(cast.sari, DANGER)
    reply_to(say(cast.sari, "aku bingung").pk, is_last_try=False)
    system, *turns = sent_words(model)
    assert turns == [("user", "halo"), ("assistant", "Halo juga."), ("user", "aku bingung")]
    assert "Guru BK sudah diberi tahu" in system[1]


def test_an_answer_begun_late_is_asked_with_its_message(
    cast: Cast, clock: time_machine.Traveller, model: LLMock
) -> None:
    say(cast.sari, "dulu sekali")
    clock.shift(timedelta(hours=2))
    say(cast.sari, "halo")
    message = say(cast.sari, HARMLESS)
    clock.shift(timedelta(hours=5))
    reply_to(message.pk, is_last_try=False)
    assert sent_words(model)[1:] == [("user", "halo"), ("user", HARMLESS)]


# --- Growing in the open page ------------------------------------------------------------------


def test_events_bring_the_changed_blocks_and_each_follows_the_one_before(
    message: Message, heard: Heard, committing: None
) -> None:
    draft = Draft.claim(message.pk)
    assert draft is not None
    for words in ("Satu", " kalimat.\n\n- butir", " pertama.\n-"):
        draft._flushed_at = 0
        draft.add(words)
    draft.finish()
    *changes, last = heard()
    assert changes == [
        {"message": message.pk, "revision": 1, "first": 0, "blocks": []},
        {"message": message.pk, "revision": 2, "first": 0, "blocks": ["<p>Satu</p>\n"]},
        {
            "message": message.pk,
            "revision": 3,
            "first": 0,
            "blocks": ["<p>Satu kalimat.</p>\n"],
        },
        {
            "message": message.pk,
            "revision": 4,
            "first": 0,
            "blocks": ["<p>Satu kalimat.</p>\n", "<ul>\n<li>butir pertama.</li>\n</ul>\n"],
        },
    ]
    assert last == {"message": message.pk}


def test_the_first_words_go_out_at_once_and_the_next_wait_for_company(
    message: Message, heard: Heard, committing: None
) -> None:
    draft = Draft.claim(message.pk)
    assert draft is not None
    draft.add("Aku")
    draft.add(" dengar")
    assert answered(message) == (Status.STREAMING, "Aku")
    assert len(heard()) == 2


def test_words_before_a_pause_do_not_wait_for_the_next(message: Message) -> None:
    draft = Draft.claim(message.pk)
    assert draft is not None
    draft.add("Aku")
    draft.add(" dengar. Lalu")
    draft.add("")
    assert answered(message) == (Status.STREAMING, "Aku")
    draft._flushed_at -= FLUSH_SECONDS
    draft.add("")
    assert answered(message) == (Status.STREAMING, "Aku dengar.")


def test_the_provider_gives_the_time_in_its_pauses(model: LLMock) -> None:
    model.reply("Satu dua").stall(after_chunks=2, seconds=0.4)
    with openai.Call([Turn("user", "halo")], 1, openai.TOTAL_SECONDS) as call:
        assert "" in list(call.words())


def test_words_come_as_the_provider_says_them(model: LLMock) -> None:
    model.reply("Satu dua tiga empat lima.")
    with openai.Call([Turn("user", "halo")], 1, openai.TOTAL_SECONDS) as call:
        words = [said for said in call.words() if said]
    assert len(words) > 1
    assert "".join(words) == "Satu dua tiga empat lima."


# --- Overtaken, stopped, killed ----------------------------------------------------------------


def test_of_two_runs_the_later_writes_and_the_earlier_stops(message: Message) -> None:
    killed = Draft.claim(message.pk)
    assert killed is not None
    killed.add("Setengah jawab")
    second = Draft.claim(message.pk)
    assert second is not None
    assert answered(message) == (Status.STREAMING, "")
    second.add("Jawaban utuh.")
    with pytest.raises(Overtaken):
        killed.finish()
    second.finish()
    assert answered(message) == (Status.DONE, "Jawaban utuh.")


@pytest.mark.parametrize("silence", [False, True], ids=["while it speaks", "while it is silent"])
def test_stopping_ends_the_providers_stream_too(
    message: Message, model: LLMock, monkeypatch: pytest.MonkeyPatch, silence: bool
) -> None:
    model.reply("kata " * 200).pace(20)
    if silence:
        model.stall(after_chunks=3, seconds=30)
    _stop_at_the_first_words(monkeypatch)
    started = time.monotonic()
    reply_to(message.pk, is_last_try=False)
    _wait_for_the_provider_thread()
    assert time.monotonic() - started < 3
    assert model.last_request.chunks_sent < 200
    assert Reply.objects.get().status == Status.STOPPED


def _stop_at_the_first_words(monkeypatch: pytest.MonkeyPatch) -> None:
    flush = Draft._flush

    def flush_and_stop(draft: Draft) -> None:
        flush(draft)
        asking.stop(draft.reply)

    monkeypatch.setattr(Draft, "_flush", flush_and_stop)


def _wait_for_the_provider_thread() -> None:
    for thread in threading.enumerate():
        if thread.name == "provider":
            thread.join(5)


def test_a_stopped_answer_asked_for_again_comes_whole(message: Message, model: LLMock) -> None:
    asking.stop(message.reply)
    asking.retry(message.reply)
    assert OxTask.objects.count() == 2
    model.reply("Lengkap.")
    run_tasks()
    assert answered(message) == (Status.DONE, "Lengkap.")
    assert len(model.requests) == 1


# --- When the job is no more -------------------------------------------------------------------


@pytest.fixture
def half(message: Message) -> Draft:
    """A run that has got as far as its first words."""
    draft = Draft.claim(message.pk)
    assert draft
    draft.begin(Source.AI, [])
    draft.add("Setengah jalan. Lalu")
    return draft


@pytest.mark.parametrize("status", [OxTask.Status.LOST, OxTask.Status.FAILED])
def test_an_answer_whose_job_is_no_more_is_broken_off_with_its_words(
    half: Draft, heard: Heard, status: OxTask.Status
) -> None:
    OxTask.objects.update(status=status, finished_at=timezone.now())
    with TestCase.captureOnCommitCallbacks(execute=True):
        give_up_on_lost()
        give_up_on_lost()
    reply = Reply.objects.get()
    assert (reply.status, reply.text) == (Status.INTERRUPTED, "Setengah jalan.")
    assert heard() == [{"message": half.message.pk}]
    with pytest.raises(Overtaken):
        half.finish()


@pytest.mark.parametrize("status", [OxTask.Status.READY, OxTask.Status.RUNNING])
def test_an_answer_whose_job_may_still_come_is_left_alone(
    half: Draft, status: OxTask.Status
) -> None:
    OxTask.objects.update(status=status)
    give_up_on_lost()
    half.finish()
    assert answered(half.message) == (Status.DONE, "Setengah jalan. Lalu")


def test_an_answer_asked_for_once_more_outlives_its_first_job(half: Draft) -> None:
    half.interrupt()
    OxTask.objects.update(status=OxTask.Status.LOST, finished_at=timezone.now())
    asking.retry(half.reply)
    give_up_on_lost()
    assert Reply.objects.get().status == Status.WAITING
