"""Whole conversations: a student begins, names, finds, takes along and removes them."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pypdfium2
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from educounsel.companion import asking, conversations
from educounsel.companion.models import Case, Conversation, Message, Reply
from educounsel.companion.retention import forget_old_conversations
from tests.cast import Cast
from tests.companion.conftest import DANGER, HARMLESS, say
from tests.conftest import ClientOf

PAGE = "/student/ai-companion/conversations"


@pytest.fixture
def sari(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.sari)


def test_a_new_conversation_holds_what_is_said_in_it(cast: Cast, sari: Client) -> None:
    say(cast.sari, "yang lama")
    begun = sari.post(f"{PAGE}/new")
    page = sari.post(
        f"{begun['Location']}/chat", {"text": "yang baru", "key": uuid4()}, follow=True
    )
    assert page.redirect_chain == [(begun["Location"], 302)]
    assert "yang baru" in page.text
    assert "yang lama" not in page.text


def test_nobody_writes_into_the_conversation_of_another(cast: Cast, client_of: ClientOf) -> None:
    said = say(cast.sari, HARMLESS)
    body = {"text": "halo", "key": uuid4()}
    answer = client_of(cast.dodi).post(f"{PAGE}/{said.conversation_id}/chat", body)
    assert answer.status_code == 404
    assert Message.objects.count() == 1


@pytest.mark.parametrize("is_temporary", [True, False])
def test_a_conversation_that_has_gone_meanwhile_loses_no_word(
    cast: Cast, sari: Client, is_temporary: bool
) -> None:
    kept = say(cast.sari, HARMLESS).conversation
    gone = conversations.begin(cast.sari, is_temporary=is_temporary)
    asking.ask(cast.sari, HARMLESS, uuid4(), gone)
    address = f"{PAGE}/{gone.pk}/chat"
    conversations.remove(gone)
    kind = {"sementara": "1"} if is_temporary else {}
    page = sari.post(address, {"text": DANGER, "key": uuid4(), **kind}, follow=True)
    assert "Apakah kamu aman sekarang?" in page.text
    taken = Message.objects.get(case__isnull=False).conversation
    assert taken not in (kept, gone)
    assert taken.is_temporary == is_temporary


def test_a_removed_conversation_that_a_case_keeps_takes_no_more_words(
    cast: Cast, sari: Client
) -> None:
    kept = say(cast.sari, DANGER).conversation
    conversations.remove(kept)
    sari.post(f"{PAGE}/{kept.pk}/chat", {"text": HARMLESS, "key": uuid4()})
    assert [message.text for message in kept.messages.all()] == [DANGER]
    assert HARMLESS in sari.get("/student/ai-companion").text


def test_an_unused_conversation_is_used_before_another_begins(cast: Cast, sari: Client) -> None:
    for body in ({}, {"sementara": "1"}, {}, {"sementara": "1"}):
        begun = sari.post(f"{PAGE}/new", body)
    assert [each.is_temporary for each in Conversation.objects.all()] == [True, False]
    assert begun["Location"] == f"{PAGE}/{Conversation.objects.all()[0].pk}"
    say(cast.sari, HARMLESS)
    sari.post(f"{PAGE}/new", {"sementara": "1"})
    assert Conversation.objects.count() == 3


def test_it_gets_a_name(cast: Cast, sari: Client) -> None:
    said = say(cast.sari, HARMLESS)
    sari.post(f"{PAGE}/{said.conversation_id}/title", {"title": "Soal belajar"})
    assert "Soal belajar" in sari.get(PAGE).text


def test_it_is_found_by_a_word_and_only_by_its_own_student(
    cast: Cast, sari: Client, client_of: ClientOf
) -> None:
    say(cast.sari, "kucingku hilang")
    address = f"{PAGE}/{Conversation.objects.get().pk}"
    assert address in sari.post(f"{PAGE}/search", {"words": "KUCING"}).text
    assert "Tidak ada percakapan" in sari.post(f"{PAGE}/search", {"words": "anjing"}).text
    assert address not in client_of(cast.dodi).post(f"{PAGE}/search", {"words": "kucing"}).text


def test_more_to_search_costs_no_more_queries(
    cast: Cast, sari: Client, count_search: Callable[[], int]
) -> None:
    say(cast.sari, "kucingku hilang")
    one = count_search()
    for number in range(3):
        said = say(cast.sari, f"kucing {number}")
        Message.objects.filter(pk=said.pk).update(
            conversation=conversations.begin(cast.sari, is_temporary=False)
        )
    assert count_search() == one


@pytest.fixture
def count_search(sari: Client) -> Callable[[], int]:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert "kucing" in sari.post(f"{PAGE}/search", {"words": "kucing"}).text
        return len(queries)

    return count


def test_the_newest_messages_are_searched_and_every_name(
    cast: Cast, sari: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "SEARCHED", 2)
    old = say(cast.sari, "kucingku hilang").conversation
    new = conversations.begin(cast.sari, is_temporary=False)
    for _ in range(2):
        asking.ask(cast.sari, HARMLESS, uuid4(), new)
    assert conversations.found_for(cast.sari, "kucing") == []
    conversations.rename(old, "Soal kucing")
    assert conversations.found_for(cast.sari, "kucing") == [old]


def test_removed_is_really_gone(cast: Cast, sari: Client) -> None:
    said = say(cast.sari, HARMLESS)
    sari.post(f"{PAGE}/{said.conversation_id}/removal")
    left = (Conversation.objects.count(), Message.objects.count(), Reply.objects.count())
    assert left == (0, 0, 0)


def test_of_a_removed_conversation_an_open_case_keeps_what_means_danger_and_no_more(
    cast: Cast, sari: Client, clock: time_machine.Traveller
) -> None:
    say(cast.sari, HARMLESS)
    conversation = say(cast.sari, DANGER).conversation
    conversations.rename(conversation, "Rahasia")
    conversations.remove(conversation)
    assert [message.text for message in Message.objects.all()] == [DANGER]
    assert not Reply.objects.exists()
    assert DANGER not in sari.get("/student/ai-companion").text
    assert sari.get(f"{PAGE}/{conversation.pk}").status_code == 404
    assert Conversation.objects.get().title == ""


def test_when_its_case_is_closed_the_rest_goes_too(cast: Cast) -> None:
    conversation = say(cast.sari, DANGER).conversation
    conversations.remove(conversation)
    forget_old_conversations()
    assert Message.objects.count() == 1
    case = Case.objects.get()
    Case.objects.update(closed_at=case.opened_at)
    forget_old_conversations()
    assert (Message.objects.count(), Case.objects.count()) == (0, 1)


def test_a_temporary_conversation_is_gone_after_two_hours_and_no_other(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    kept = say(cast.sari, HARMLESS).conversation
    conversations.begin(cast.sari, is_temporary=True)
    clock.shift(2 * 60 * 60 - 1)
    forget_old_conversations()
    assert Conversation.objects.count() == 2
    clock.shift(2)
    forget_old_conversations()
    assert list(Conversation.objects.all()) == [kept]


def test_after_the_days_of_keeping_a_conversation_is_gone(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    say(cast.sari, HARMLESS)
    clock.shift(180 * 24 * 60 * 60 - 60)
    forget_old_conversations()
    assert Message.objects.exists()
    clock.shift(120)
    forget_old_conversations()
    assert not Message.objects.exists()


def test_a_conversation_that_goes_on_keeps_no_message_longer(
    cast: Cast, client_of: ClientOf, clock: time_machine.Traveller
) -> None:
    old = say(cast.sari, HARMLESS).conversation
    clock.shift(timedelta(days=1))
    danger = say(cast.sari, DANGER)
    clock.shift(timedelta(days=179, minutes=-1))
    new = say(cast.sari, HARMLESS)
    forget_old_conversations()
    assert Message.objects.count() == 3
    clock.shift(timedelta(minutes=2))
    forget_old_conversations()
    assert list(Message.objects.all()) == [danger, new]
    clock.shift(timedelta(days=2))
    forget_old_conversations()
    assert list(Message.objects.all()) == [danger, new]
    assert DANGER in client_of(cast.sari).get(f"{PAGE}/{old.pk}").text
    Case.objects.update(closed_at=new.created_at)
    forget_old_conversations()
    assert list(Message.objects.all()) == [new]
    assert list(Reply.objects.all()) == [new.reply]


@pytest.mark.parametrize("more", ["", "x" * 80])
def test_danger_in_a_name_is_heard_at_any_length(cast: Cast, sari: Client, more: str) -> None:
    here = say(cast.sari, HARMLESS).conversation
    answer = sari.post(f"{PAGE}/{here.pk}/title", {"title": f"{DANGER} {more}"}, follow=True)
    assert "Terima kasih sudah cerita" in answer.text
    assert Case.objects.get().messages.get().text == f"{DANGER} {more}".strip()
    here.refresh_from_db()
    assert here.title == ("" if more else DANGER)


def test_an_answer_is_taken_along_without_its_signs(cast: Cast, sari: Client) -> None:
    said = say(cast.sari, HARMLESS)
    answer = "Coba **pelan**:\n\n1. Hirup [1]\n2. Buang\n\n> Kata [materi](https://jahat.example)"
    Reply.objects.update(text=answer, status=Reply.Status.DONE)
    text = sari.get(f"{PAGE}/{said.conversation_id}/percakapan.txt").content.decode()
    assert text.endswith("\nCoba pelan:\n\n1. Hirup [1]\n2. Buang\n\nKata materi")


def test_in_a_pdf_no_letter_becomes_a_black_box(cast: Cast, sari: Client) -> None:
    said = say(cast.sari, "halo\r\nbesok ujian 😭 😭‍🔥 مرحبا — “gimana” ya…")
    pdf = sari.get(f"{PAGE}/{said.conversation_id}/percakapan.pdf").content
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    assert "besok ujian (…) — “gimana” ya…" in page
    assert "(…): huruf atau emoji" in page
    text = sari.get(f"{PAGE}/{said.conversation_id}/percakapan.txt").content.decode()
    assert "😭 😭‍🔥 مرحبا" in text


def test_it_is_taken_along_as_text_and_as_pdf(cast: Cast, sari: Client) -> None:
    said = say(cast.sari, "halo <b>teman</b>")
    Reply.objects.update(text="Halo juga.", status=Reply.Status.DONE)
    text = sari.get(f"{PAGE}/{said.conversation_id}/percakapan.txt")
    assert "attachment" in text["Content-Disposition"]
    pdf = sari.get(f"{PAGE}/{said.conversation_id}/percakapan.pdf").content
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    for words in ("halo <b>teman</b>", "Halo juga."):
        assert words in text.content.decode()
        assert words in page
