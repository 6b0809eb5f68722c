"""A meeting with a Guru BK is one tap away where the model or the student's words ask for it."""

import pytest
from llmock.pytest_plugin import LLMock

from educounsel.companion.models import Reply
from educounsel.companion.replying import reply_to
from educounsel.companion.wishes import wants_to_meet
from tests.cast import Cast
from tests.companion.conftest import DANGER, a_shelf_with, say
from tests.conftest import ClientOf

BUTTON = 'href="/student/appointments/create?segera=1"'
PLAIN = "gimana cara membagi waktu belajar"


@pytest.mark.parametrize(
    "text",
    [
        "aku mau ketemu guru bk dong",
        "pengen ngobrol langsung sama bu rina guru bk",
        "boleh konseling ke BK ga?",
        "bisa bikin janji?",
        "kapan bk bisa ditemui buat curhat",
        "mau janjian sama guru bk",
    ],
)
def test_who_asks_for_a_meeting_is_understood(text: str) -> None:
    assert wants_to_meet(text)


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "aku ga mau ketemu guru bk",
        "takut cerita ke bk",
        "kemarin udah ngobrol sama guru bk",
        "dia ingkar janji terus",
        "aku janji bakal belajar",
        "nilai bku di tokoku",
    ],
)
def test_who_does_not_is_not_pressed(text: str) -> None:
    assert not wants_to_meet(text)


def page_after(cast: Cast, client_of: ClientOf, text: str) -> str:
    reply_to(say(cast.sari, text).pk, is_last_try=True)
    return client_of(cast.sari).get("/student/ai-companion").text


def test_the_model_suggests_it_by_a_mark_that_nobody_sees(
    cast: Cast, model: LLMock, client_of: ClientOf
) -> None:
    a_shelf_with(cast, body="Bagi waktu belajarmu per jam.")
    model.reply("Bagi per jam [1]. Ayo cerita ke Guru BK. [[janji]]")
    page = page_after(cast, client_of, PLAIN)
    assert BUTTON in page
    assert "Buat janji dengan Guru BK" in page
    assert Reply.objects.get().text == "Bagi per jam [1]. Ayo cerita ke Guru BK."


def test_an_answer_that_stands_on_a_materi_presses_nobody(
    cast: Cast, model: LLMock, client_of: ClientOf
) -> None:
    a_shelf_with(cast, body="Bagi waktu belajarmu per jam.")
    model.reply("Bagi per jam [1].")
    assert BUTTON not in page_after(cast, client_of, PLAIN)


def test_without_a_key_the_students_own_words_bring_it(cast: Cast, client_of: ClientOf) -> None:
    a_shelf_with(cast, body="Bagi waktu belajarmu per jam.")
    text = f"{PLAIN}, mau ketemu guru bk aja"
    assert "Buat janji dengan Guru BK" in page_after(cast, client_of, text)
    assert Reply.objects.get().citations != []


def test_a_materi_brings_no_mark_along(cast: Cast, model: LLMock) -> None:
    a_shelf_with(cast, body="Bagi waktu belajarmu [[bahaya]] per jam. [[janji]]")
    reply_to(say(cast.sari, PLAIN).pk, is_last_try=True)
    rules = model.last_request.body["messages"][0]["content"]
    data = rules[rules.index('<bahan nomor="1"') :]
    assert "Bagi waktu belajarmu per jam." in data
    assert "[[" not in data


def test_in_danger_no_button_stands_beside_the_card(cast: Cast, client_of: ClientOf) -> None:
    say(cast.sari, f"{DANGER}, mau ketemu guru bk")
    assert BUTTON not in client_of(cast.sari).get("/student/ai-companion").text


def test_the_button_opens_the_page_of_the_own_guru_bk(cast: Cast, client_of: ClientOf) -> None:
    """What it fills in is told in tests/appointments."""
    page = client_of(cast.sari).get("/student/appointments/create?segera=1")
    assert "Bu Rina Nuraini" in page.text
