"""What a student sees: their own conversation, the card while it stands, kind words at a limit."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from educounsel.companion import cases, disclosure
from educounsel.companion.models import Case, Message, Reply
from tests.cast import Cast
from tests.companion.conftest import DANGER, HARMLESS, say
from tests.conftest import ClientOf, CountQueries

PAGE, SEND = "/student/ai-companion", "/student/ai-companion/chat"
BY_SCRIPT = {"HX-Request": "true"}
CARD = "Apakah kamu aman sekarang?"


@pytest.fixture
def sari(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.sari)


def post(client: Client, text: str, *, script: bool = True) -> tuple[int, str]:
    headers = BY_SCRIPT if script else {}
    answer = client.post(SEND, {"text": text, "key": str(uuid4())}, headers=headers)
    return answer.status_code, answer.content.decode()


def test_before_the_first_message_it_says_what_this_is_and_who_can_read(sari: Client) -> None:
    page = sari.get(PAGE).content.decode()
    for words in ("bukan manusia", "hanya", "tanda bahaya", "Aku deg-degan mau ujian"):
        assert words in page
    assert CARD not in page


def test_the_conversation_is_a_log_and_still_a_list(sari: Client) -> None:
    page = sari.get(PAGE).content.decode()
    assert '<div role="log" aria-label="Percakapan">' in page
    assert '<ol class="log"' in page


def test_without_a_script_sending_leads_back_to_the_conversation(sari: Client) -> None:
    answer = sari.post(SEND, {"text": HARMLESS, "key": str(uuid4())}, follow=True)
    said = Message.objects.get()
    assert answer.redirect_chain == [(f"{PAGE}/conversations/{said.conversation_id}", 302)]
    page = answer.content.decode()
    assert HARMLESS in page
    assert "Muat ulang untuk melihat jawabannya" in page


def test_by_script_sending_answers_with_the_turn_alone(sari: Client) -> None:
    status, fragment = post(sari, HARMLESS)
    assert status == 200
    assert HARMLESS in fragment
    assert "<html" not in fragment


@pytest.mark.parametrize("script", [True, False])
def test_an_empty_message_is_asked_for_again(sari: Client, script: bool) -> None:
    status, page = post(sari, "  ", script=script)
    assert (status, "Tulis dulu pesanmu" in page) == (422, True)
    assert not Message.objects.exists()


@pytest.mark.parametrize("nothing", ["   ", "\u200b\u2060", "\0"])
def test_what_cannot_be_seen_is_empty(sari: Client, nothing: str) -> None:
    assert post(sari, nothing)[0] == 422
    assert not Message.objects.exists()


def test_a_letter_that_cannot_be_read_hides_no_danger(sari: Client) -> None:
    status, page = post(sari, DANGER[:8] + "\0" + DANGER[8:])
    assert status == 200
    assert CARD in page
    assert Message.objects.get().text == DANGER


def test_a_message_that_is_too_long_stays_in_the_form(sari: Client) -> None:
    text = "panjang sekali " * 150
    status, page = post(sari, text, script=False)
    assert status == 422
    assert text.strip() in page
    assert "2000 huruf" in page


def test_at_a_limit_the_words_are_kind_and_what_was_typed_stays(
    cast: Cast, sari: Client, clock: time_machine.Traveller
) -> None:
    for number in range(10):
        say(cast.sari, f"pesan {number}")
    status, page = post(sari, "pesan kesebelas", script=False)
    assert status == 429
    assert "Tarik napas dulu" in page
    assert "pesan kesebelas" in page


@pytest.mark.parametrize("sent", [{"key": "x"}, {"key": ""}, {}])
def test_danger_under_a_key_that_is_none_opens_a_case_all_the_same(
    sari: Client, sent: dict[str, str]
) -> None:
    answer = sari.post(SEND, {"text": DANGER} | sent)
    assert answer.status_code == 302
    assert Case.objects.count() == 1


# --- The card ----------------------------------------------------------------------------------


def test_the_card_comes_in_the_answer_to_the_message_itself(cast: Cast, sari: Client) -> None:
    status, fragment = post(sari, DANGER)
    assert status == 200
    for words in (
        CARD,
        "Kamu tidak salah",
        "Kamu tidak kena masalah",
        "Bu Rina Nuraini",
        "tel:0812",
        "119 ext 8",
        "tel:119",
    ):
        assert words in fragment


def test_the_card_comes_at_a_limit_too(
    cast: Cast, sari: Client, clock: time_machine.Traveller
) -> None:
    for number in range(10):
        say(cast.sari, f"pesan {number}")
    status, fragment = post(sari, DANGER)
    assert (status, CARD in fragment) == (200, True)
    assert CARD in post(sari, "halo", script=False)[1]


def test_the_card_stays_whatever_else_is_said_until_a_human_closes(
    cast: Cast, sari: Client
) -> None:
    post(sari, DANGER)
    assert CARD in post(sari, "cuma bercanda kok")[1]
    assert CARD in sari.get(PAGE).content.decode()
    case = Case.objects.get()
    disclosure.note_reading(case, cast.rina)
    cases.claim(case, cast.rina)
    assert "Bu Rina Nuraini</b> sudah membaca ini" in sari.get(PAGE).content.decode()
    cases.close(case, cast.rina, "Aman")
    assert CARD not in sari.get(PAGE).content.decode()


def test_the_card_of_one_student_is_not_shown_to_another(cast: Cast, client_of: ClientOf) -> None:
    say(cast.sari, DANGER)
    assert CARD not in client_of(cast.dodi).get(PAGE).content.decode()


# --- Own things only ---------------------------------------------------------------------------


def test_another_student_finds_nothing_of_it(cast: Cast, client_of: ClientOf) -> None:
    message = say(cast.sari, "rahasiaku")
    for person in (cast.dodi, cast.tia, cast.rina, cast.admin):
        client = client_of(person)
        assert client.get(f"{PAGE}/messages/{message.pk}").status_code == 404
        for verb in ("stop", "retry"):
            assert client.post(f"{PAGE}/replies/{message.reply.pk}/{verb}").status_code == 404
    assert "rahasiaku" not in client_of(cast.dodi).get(PAGE).content.decode()


@pytest.mark.parametrize("verb", ["stop", "retry"])
def test_reading_an_address_changes_nothing(cast: Cast, sari: Client, verb: str) -> None:
    reply = say(cast.sari, HARMLESS).reply
    assert sari.get(f"{PAGE}/replies/{reply.pk}/{verb}").status_code == 405


# --- An answer on its way ----------------------------------------------------------------------


def test_stopping_keeps_what_is_written(cast: Cast, sari: Client) -> None:
    reply = say(cast.sari, HARMLESS).reply
    Reply.objects.filter(pk=reply.pk).update(text="Coba bagi", status=Reply.Status.STREAMING)
    answer = sari.post(f"{PAGE}/replies/{reply.pk}/stop", headers=BY_SCRIPT)
    fragment = answer.content.decode()
    assert "Coba bagi" in fragment
    assert "Kamu menghentikan jawaban ini" in fragment
    assert "Coba lagi" in fragment


def test_an_answer_nobody_writes_any_more_is_shown_as_cut_off(
    cast: Cast, sari: Client, clock: time_machine.Traveller
) -> None:
    message = say(cast.sari, HARMLESS)
    assert "Berhenti" in sari.get(PAGE).content.decode()
    clock.shift(181)
    page = sari.get(f"{PAGE}/messages/{message.pk}").content.decode()
    assert "Terputus" in page
    assert "data-open" not in page
    sari.post(f"{PAGE}/replies/{message.reply.pk}/retry")
    assert "Berhenti" in sari.get(PAGE).content.decode()


def test_a_finished_answer_cannot_be_asked_for_again(cast: Cast, sari: Client) -> None:
    reply = say(cast.sari, HARMLESS).reply
    Reply.objects.filter(pk=reply.pk).update(status=Reply.Status.DONE, text="Selesai")
    for verb in ("retry", "stop"):
        assert sari.post(f"{PAGE}/replies/{reply.pk}/{verb}").status_code == 302
    reply.refresh_from_db()
    assert (reply.status, reply.text) == (Reply.Status.DONE, "Selesai")


def test_what_a_model_wrote_cannot_run_in_the_page(cast: Cast, sari: Client) -> None:
    reply = say(cast.sari, HARMLESS).reply
    attack = (
        "<script>alert(1)</script> <img src=x onerror=alert(1)> **tebal**\n\n"
        "[klik](javascript:alert(1)) ![x](http://jahat.example/x.png) <http://jahat.example>"
    )
    Reply.objects.filter(pk=reply.pk).update(text=attack, status=Reply.Status.DONE)
    page = sari.get(f"{PAGE}/messages/{reply.message_id}").content.decode()
    words = page[page.index("data-words") : page.index('class="meta"')]
    assert "<strong>tebal</strong>" in words
    for bad in ("<script", "<img", "<a ", "href", "onerror=alert(1)>"):
        assert bad not in words


def test_a_long_conversation_costs_no_more_queries(
    cast: Cast, sari: Client, count_queries: CountQueries
) -> None:
    sari.get(PAGE)
    say(cast.sari, HARMLESS)
    one = count_queries(sari, PAGE)
    Message.objects.update(created_at=timezone.now() - timedelta(hours=3))
    for number in range(8):
        say(cast.sari, f"pesan {number}")
    assert count_queries(sari, PAGE) == one
