"""A student hands chosen words to a Guru BK: what was shown arrives, until it is withdrawn."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from educounsel.accounts.models import User
from educounsel.companion import conversations, sharing
from educounsel.companion.disclosure import openings_of
from educounsel.companion.models import Case, Conversation, Message, Reply, Share
from educounsel.companion.retention import forget_old_shares
from educounsel.notifications.models import Notification
from tests.cast import Cast
from tests.companion.conftest import DANGER, say
from tests.companion.test_sealed import holding
from tests.conftest import ClientOf, CountQueries

SECRET = "Namanya kusimpan dulu."
SAID = f"Tadi pagi ada upacara. {SECRET} Besok ada ulangan."
ANSWER = "Aku dengar kamu. **Coba** cerita ke Guru BK."
SHARES, RECEIVED = "/student/ai-companion/shares", "/guru/shares"


@pytest.fixture
def message(cast: Cast) -> Message:
    message = say(cast.sari, SAID)
    Reply.objects.update(text=ANSWER, status=Reply.Status.DONE, source=Reply.Source.AI)
    return message


@pytest.fixture
def sari(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.sari)


def steps(message: Message) -> str:
    return f"/student/ai-companion/conversations/{message.conversation_id}/bagikan"


def choice(cast: Cast, message: Message, **fields: Any) -> dict[str, Any]:
    """Both the message and its answer, without the second sentence of the message."""
    return {
        "bagian": [f"p{message.pk}", f"j{message.pk}"],
        "sembunyi": [f"p{message.pk}.1"],
        "guru": cast.rina.pk,
        "note": "Bu, ini ceritaku.",
        "key": uuid4(),
    } | fields


def shown_in(page: str) -> str:
    """The part of a page that says what is sent."""
    found = re.search(r'<div class="shared">.*?</ol>\s*</div>', page, re.DOTALL)
    assert found
    return found.group()


def previewed(sari: Client, cast: Cast, message: Message, **fields: Any) -> dict[str, Any]:
    """What the preview's form sends on."""
    chosen = choice(cast, message, **fields)
    page = sari.post(f"{steps(message)}/pratinjau", chosen).text
    found = re.search(r'name="isi"\s+value="(\w+)"', page)
    assert found
    return chosen | {"isi": found.group(1)}


def shared(sari: Client, cast: Cast, message: Message, **fields: Any) -> Share:
    sari.post(f"{steps(message)}/kirim", previewed(sari, cast, message, **fields))
    return Share.objects.get()


# --- Picking, hiding, seeing ---------------------------------------------------------------------


def test_lines_put_together_again_are_the_text() -> None:
    for text in (SAID, "satu\n\n- dua\n- tiga", "1. Tidur\n2. Makan. Lalu?! Ya", "a", "  a  \n"):
        assert "".join(line.text for line in sharing._lines("p1", text)) == text


def test_each_step_leads_to_the_next_and_nothing_is_sent_before_the_last(
    cast: Cast, sari: Client, message: Message
) -> None:
    first = sari.get(steps(message)).text
    assert f'value="p{message.pk}"' in first
    second = sari.post(f"{steps(message)}/baris", {"bagian": [f"p{message.pk}"]}).text
    assert second.count('name="sembunyi"') == 3
    assert "Bu Rina Nuraini" in second
    third = sari.post(f"{steps(message)}/pratinjau", choice(cast, message)).text
    assert SECRET not in shown_in(third)
    assert "Tadi pagi ada upacara. […] Besok ada ulangan." in shown_in(third)
    assert not Share.objects.exists()


def test_what_the_preview_shows_is_byte_for_byte_what_the_guru_bk_sees(
    cast: Cast, sari: Client, client_of: ClientOf, message: Message
) -> None:
    preview = sari.post(f"{steps(message)}/pratinjau", choice(cast, message)).text
    share = shared(sari, cast, message)
    arrived = client_of(cast.rina).get(f"{RECEIVED}/{share.pk}").text
    assert shown_in(arrived) == shown_in(preview)
    assert shown_in(sari.get(f"{SHARES}/{share.pk}").text) == shown_in(preview)
    assert SECRET not in arrived
    assert "<strong>Coba</strong>" in arrived
    assert "Bu, ini ceritaku." in arrived


def test_what_changed_since_the_preview_is_shown_again_and_not_sent(
    cast: Cast, sari: Client, message: Message
) -> None:
    sent = previewed(sari, cast, message)
    Reply.objects.update(text="Jawaban yang lain.")
    answer = sari.post(f"{steps(message)}/kirim", sent)
    assert answer.status_code == 409
    assert "belum ada yang terkirim" in answer.text
    assert "Jawaban yang lain." in shown_in(answer.text)
    assert not Share.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("bagian", [], "Pilih dulu pesan"),
        ("bagian", ["p999999"], "sudah tidak ada"),
        ("sembunyi", ["p1.999"], "sudah berubah"),
        ("guru", "", "Pilih dulu Guru BK"),
        ("guru", "999999", "tidak ada lagi di sekolahmu"),
        ("note", "x" * 501, "paling banyak 500"),
    ],
)
def test_what_is_missing_is_said_and_the_rest_stays(
    cast: Cast, sari: Client, message: Message, field: str, value: Any, sentence: str
) -> None:
    typed = {"note": "Bu, ini ceritaku."} | {field: value}
    for step in ("pratinjau", "kirim"):
        answer = sari.post(f"{steps(message)}/{step}", choice(cast, message, **typed))
        assert answer.status_code == 422
        assert sentence in answer.text
        assert typed["note"] in answer.text
    assert not Share.objects.exists()


def test_a_share_of_nothing_but_gaps_is_none(cast: Cast, sari: Client, message: Message) -> None:
    all_lines = [f"p{message.pk}.{place}" for place in range(3)]
    chosen = choice(cast, message, bagian=[f"p{message.pk}"], sembunyi=all_lines)
    answer = sari.post(f"{steps(message)}/pratinjau", chosen)
    assert (answer.status_code, "Semua baris tersembunyi" in answer.text) == (422, True)


def test_going_back_keeps_what_was_chosen(cast: Cast, sari: Client, message: Message) -> None:
    chosen = choice(cast, message)
    lines = sari.post(f"{steps(message)}/baris", chosen).text
    assert re.search(rf'value="p{message.pk}\.1"\s+checked', lines)
    assert "Bu, ini ceritaku." in lines
    picks = sari.post(steps(message), chosen).text
    assert len(re.findall(r'name="bagian"[^>]*checked', picks)) == 2
    assert f'name="sembunyi" value="p{message.pk}.1"' in picks


def test_an_answer_that_is_being_written_cannot_be_shared_yet(
    cast: Cast, sari: Client, message: Message
) -> None:
    Reply.objects.update(status=Reply.Status.STREAMING, touched_at=timezone.now())
    assert f'value="j{message.pk}"' not in sari.get(steps(message)).text


# --- Sending -------------------------------------------------------------------------------------


def test_pressed_twice_it_is_shared_once(cast: Cast, sari: Client, message: Message) -> None:
    sent = previewed(sari, cast, message)
    pages = [sari.post(f"{steps(message)}/kirim", sent)["Location"] for _ in range(2)]
    assert pages == [f"{SHARES}/{Share.objects.get().pk}"] * 2
    assert Notification.objects.filter(kind="share").count() == 1


def test_another_choice_under_the_same_key_is_another_share(
    cast: Cast, sari: Client, message: Message
) -> None:
    sent = previewed(sari, cast, message)
    for note in (sent["note"], DANGER, DANGER):
        sari.post(
            f"{steps(message)}/kirim", previewed(sari, cast, message, **sent | {"note": note})
        )
    assert [share.note for share in Share.objects.all()] == [DANGER, sent["note"]]
    assert Case.objects.get().messages.get().text == DANGER


def test_pressed_twice_at_the_same_time_too(cast: Cast, message: Message, committing: None) -> None:
    key = uuid4()

    def press() -> int:
        try:
            share = sharing.new_share(message.conversation, cast.rina, "[]", "", key)
            return sharing.send(share).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        sent = {task.result() for task in [people.submit(press) for _ in range(4)]}
    assert sent == {Share.objects.get().pk}
    assert Notification.objects.filter(kind="share").count() == 1


def test_the_guru_bk_is_told_without_a_name_or_a_word(
    cast: Cast, sari: Client, message: Message
) -> None:
    share = shared(sari, cast, message)
    notice = Notification.objects.get(kind="share")
    assert (notice.recipient, notice.url) == (cast.rina, f"{RECEIVED}/{share.pk}")
    said = f"{notice.title} {notice.text}"
    assert not [word for word in ("Sari", "upacara", "ceritaku") if word in said]


def test_danger_in_the_note_goes_its_own_way(cast: Cast, sari: Client, message: Message) -> None:
    shared(sari, cast, message, note=f"Bu, {DANGER}")
    case = Case.objects.get()
    assert case.messages.get().text == f"Bu, {DANGER}"
    assert "Terima kasih sudah cerita" in sari.get("/student/ai-companion").text


@pytest.mark.parametrize("step", ["", "/baris", "/pratinjau", "/kirim"])
@pytest.mark.parametrize("more", ["", "x" * 500])
def test_danger_in_the_note_is_heard_at_every_step_and_length(
    cast: Cast, sari: Client, message: Message, step: str, more: str
) -> None:
    typed = choice(cast, message, note=f"{DANGER}. {more}".strip())
    answers = [sari.post(steps(message) + step, typed) for _ in range(2)]
    assert all("Terima kasih sudah cerita" in answer.text for answer in answers)
    assert Case.objects.get().messages.get().text == typed["note"]


def test_a_shared_message_that_meant_danger_opens_no_second_case(cast: Cast, sari: Client) -> None:
    message = say(cast.sari, DANGER)
    shared(sari, cast, message, bagian=[f"p{message.pk}"], sembunyi=[])
    assert Case.objects.count() == 1


def test_at_rest_neither_the_copy_nor_the_note_can_be_read(
    cast: Cast, sari: Client, message: Message
) -> None:
    shared(sari, cast, message)
    assert (holding("upacara"), holding("ceritaku")) == (set(), set())


# --- The wrong people ----------------------------------------------------------------------------


def test_nobody_shares_the_words_of_another(
    cast: Cast, client_of: ClientOf, message: Message
) -> None:
    own = say(cast.dodi, "tugasku sudah selesai")
    dodi = client_of(cast.dodi)
    for step in ("", "/baris", "/pratinjau", "/kirim"):
        assert dodi.post(steps(message) + step, choice(cast, message)).status_code == 404
    answer = dodi.post(f"{steps(own)}/pratinjau", choice(cast, message))
    assert answer.status_code == 422
    assert SAID not in answer.text


def test_nothing_goes_to_a_guru_bk_of_another_school(
    cast: Cast, sari: Client, message: Message
) -> None:
    answer = sari.post(f"{steps(message)}/pratinjau", choice(cast, message, guru=cast.tono.pk))
    assert answer.status_code == 422
    assert "Pak Tono" not in answer.text


def test_it_is_there_for_the_one_who_was_chosen_alone(
    cast: Cast, sari: Client, client_of: ClientOf, message: Message
) -> None:
    share = shared(sari, cast, message)
    for person in (cast.budi, cast.tono, cast.dodi, cast.admin, cast.head, cast.sari):
        assert client_of(person).get(f"{RECEIVED}/{share.pk}").status_code == 404
    assert "Sari Amelia" not in client_of(cast.budi).get(RECEIVED).text
    assert client_of(cast.dodi).get(f"{SHARES}/{share.pk}").status_code == 404
    assert client_of(cast.dodi).post(f"{SHARES}/{share.pk}/withdrawal").status_code == 404
    share.refresh_from_db()
    assert (share.opened_at, share.withdrawn_at) == (None, None)


@pytest.mark.parametrize("left", ["guru", "student"])
def test_who_leaves_the_school_leaves_it_behind(
    cast: Cast, sari: Client, client_of: ClientOf, message: Message, left: str
) -> None:
    share = shared(sari, cast, message)
    cast.tia.delete()  # she has Sari's NIS there
    User.objects.filter(pk=getattr(share, left).pk).update(school=cast.other_school)
    rina = client_of(cast.rina)
    assert rina.get(f"{RECEIVED}/{share.pk}").status_code == 404
    assert "Sari Amelia" not in rina.get(RECEIVED).text
    assert "tidak lagi di sekolahmu" in sari.get(SHARES).text


# --- Opening and withdrawing ---------------------------------------------------------------------


def test_the_first_look_is_written_down_and_the_student_sees_it(
    cast: Cast, sari: Client, client_of: ClientOf, message: Message
) -> None:
    share = shared(sari, cast, message)
    rina = client_of(cast.rina)
    assert "Belum dibuka" in rina.get(RECEIVED).text
    assert rina.head(f"{RECEIVED}/{share.pk}").status_code == 200
    assert "Belum dibuka" in sari.get(SHARES).text
    for _ in range(2):
        rina.get(f"{RECEIVED}/{share.pk}")
    assert "Belum dibuka" not in rina.get(RECEIVED).text
    assert [(o.by, o.what) for o in openings_of(cast.sari)] == [
        (cast.rina, "Pesan yang kamu bagikan")
    ]
    told = Notification.objects.filter(recipient=cast.sari, kind="opened")
    assert [notice.title for notice in told] == ["Bu Rina Nuraini membuka yang kamu bagikan"]
    assert "Pesan yang kamu bagikan" in sari.get("/student/ai-companion/siapa-membuka").text


@pytest.mark.parametrize(
    ("was_read", "words"), [(False, "Belum pernah dibuka"), (True, "sempat membukanya")]
)
def test_withdrawn_it_is_gone_and_the_row_says_whether_it_was_read(
    cast: Cast, sari: Client, client_of: ClientOf, message: Message, was_read: bool, words: str
) -> None:
    share, rina = shared(sari, cast, message), client_of(cast.rina)
    if was_read:
        rina.get(f"{RECEIVED}/{share.pk}")
    for _ in range(2):
        assert sari.post(f"{SHARES}/{share.pk}/withdrawal").status_code == 302
    gone = rina.get(f"{RECEIVED}/{share.pk}")
    assert (gone.status_code, "menariknya kembali" in gone.text) == (410, True)
    assert "Sari" not in gone.text
    assert "Sari Amelia" not in rina.get(RECEIVED).text
    share.refresh_from_db()
    assert (share.content, share.note) == ("", "")
    page = sari.get(SHARES).text
    assert "Ditarik" in page
    assert words in page


def test_a_look_at_the_moment_of_withdrawal_sees_nothing(
    cast: Cast, sari: Client, message: Message
) -> None:
    share = shared(sari, cast, message)
    sharing.withdraw(share)
    assert not sharing.note_reading(share)
    assert openings_of(cast.sari) == []


# --- What becomes of it --------------------------------------------------------------------------


def test_it_outlives_the_conversation_unless_the_student_withdraws_both(
    cast: Cast, sari: Client, client_of: ClientOf, message: Message
) -> None:
    share, rina = shared(sari, cast, message), client_of(cast.rina)
    assert "Tarik juga yang kubagikan" in sari.get("/student/ai-companion/conversations").text
    conversations.remove(message.conversation)
    assert "Tadi pagi ada upacara." in rina.get(f"{RECEIVED}/{share.pk}").text
    assert sari.get(f"{SHARES}/{share.pk}").status_code == 200


def test_with_the_conversation_it_is_withdrawn_by_choice(
    cast: Cast, sari: Client, client_of: ClientOf, message: Message
) -> None:
    share = shared(sari, cast, message)
    address = f"/student/ai-companion/conversations/{message.conversation_id}/removal"
    sari.post(address, {"tarik": "on"})
    assert client_of(cast.rina).get(f"{RECEIVED}/{share.pk}").status_code == 410
    assert not Conversation.objects.exists()


def test_what_changes_in_the_conversation_changes_nothing_of_it(
    cast: Cast, sari: Client, client_of: ClientOf, message: Message
) -> None:
    share = shared(sari, cast, message)
    Message.objects.update(text="lain")
    assert "Tadi pagi ada upacara." in client_of(cast.rina).get(f"{RECEIVED}/{share.pk}").text


def test_it_is_kept_as_long_as_a_conversation(
    cast: Cast, sari: Client, message: Message, settings: Settings
) -> None:
    shared(sari, cast, message)
    days = timedelta(days=settings.COMPANION_KEEP_DAYS)
    forget_old_shares()
    assert Share.objects.exists()
    with time_machine.travel(timezone.now() + days + timedelta(minutes=1)):
        forget_old_shares()
    assert not Share.objects.exists()


def test_more_shares_cost_no_more_queries(
    cast: Cast, sari: Client, client_of: ClientOf, message: Message, count_queries: CountQueries
) -> None:
    shared(sari, cast, message)
    rina = client_of(cast.rina)
    one = [count_queries(sari, SHARES), count_queries(rina, RECEIVED)]
    for _ in range(2):
        sari.post(f"{steps(message)}/kirim", previewed(sari, cast, message))
    assert [count_queries(sari, SHARES), count_queries(rina, RECEIVED)] == one
    assert Share.objects.count() == 3
