"""A form that could not be taken: what was typed into it is offered again, to be sent by hand."""

import errno
import re
from datetime import date
from html import unescape
from unittest.mock import Mock
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test import Client

from educounsel.accounts.models import User
from educounsel.companion.models import Message
from tests.cast import Cast
from tests.factories import PASSWORD

CHAT = "/student/ai-companion/chat"
WORDS = 'Aku capek, "banget" <b>pokoknya</b>\nbaris dua'
STALE = "a" * 64
HERE = {"Origin": "http://testserver"}


@pytest.fixture
def strict() -> Client:
    """A browser without script, whose token counts."""
    return Client(enforce_csrf_checks=True)


def form_on(page: str) -> dict[str, str]:
    """What a browser would send if the person pressed the button of the last form that posts."""
    form = re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL)[-1]
    fields = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    }
    typed = re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    return fields | {name: unescape(words) for name, words in typed}


def test_words_of_a_stale_page_are_sent_by_a_second_press(cast: Cast, strict: Client) -> None:
    strict.force_login(cast.sari)
    key = str(uuid4())
    sent = {"text": WORDS, "key": key, "csrfmiddlewaretoken": STALE}
    offered = strict.post(CHAT, sent, headers=HERE)
    assert offered.status_code == 403
    assert "Ini belum terkirim" in offered.text
    assert "Dikirim sebagai <b>Sari Amelia</b>" in offered.text
    assert not Message.objects.exists()
    again = form_on(offered.text)
    assert (again["text"], again["key"]) == (WORDS, key)
    assert f'action="{CHAT}"' in offered.text
    assert strict.post(CHAT, again, headers=HERE).status_code == 302
    assert Message.objects.get().text == WORDS


@pytest.mark.parametrize("origin", ["https://jahat.example", "null"])
def test_what_another_site_sends_is_not_offered(cast: Cast, strict: Client, origin: str) -> None:
    """Or a stranger could put words into a child's mouth, one press away."""
    strict.force_login(cast.sari)
    answer = strict.post(CHAT, {"text": WORDS}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert "capek" not in answer.text
    assert "Belum ada yang terkirim" in answer.text


def test_a_form_of_many_choices_keeps_them_all(cast: Cast, strict: Client) -> None:
    strict.force_login(cast.sari)
    address = "/student/ai-companion/conversations/1/bagikan/pratinjau"
    sent = {"note": "Bu, ini ceritaku", "bagian": ["p1", "j1"], "guru": "5"}
    page = strict.post(address, sent, headers=HERE).text
    assert page.count('name="bagian"') == 2
    assert 'value="j1"' in page
    assert "Bu, ini ceritaku</textarea>" in page


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/login", {"login": "0071234501", "password": "rahasia-sekali"}),
        ("/account/password", {"old_password": "rahasia-sekali"}),
        (CHAT, {"text": "  ", "key": "rahasia-sekali"}),
        ("/nowhere", {"text": "rahasia-sekali"}),
    ],
)
def test_a_password_or_what_nobody_typed_is_not_shown(
    cast: Cast, strict: Client, address: str, fields: dict[str, str]
) -> None:
    strict.force_login(cast.sari)
    answer = strict.post(address, fields, headers=HERE)
    assert answer.status_code in (403, 404)
    assert "rahasia-sekali" not in answer.text


def signed_in_again(client: Client, page: str, user: User, password: str = PASSWORD) -> str:
    login = form_on(page) | {"login": user.nisn or "", "password": password}
    answer = client.post("/login", login, headers=HERE)
    assert "capek" not in answer.get("Location", "")
    return answer.text


def test_words_sent_after_the_session_ended_come_along_through_the_login(
    cast: Cast, strict: Client
) -> None:
    strict.force_login(cast.sari)
    token = form_on(strict.get("/student/ai-companion").text)["csrfmiddlewaretoken"]
    strict.cookies.pop("session")
    sent = {"text": WORDS, "key": str(uuid4()), "csrfmiddlewaretoken": token}
    login = strict.post(CHAT, sent, headers=HERE)
    assert login.status_code == 403
    assert "Tulisan ini belum terkirim" in login.text
    assert "Aku capek" in login.text
    refused = signed_in_again(strict, login.text, cast.sari, password="salah")
    assert "Tulisan ini belum terkirim" in refused
    offered = signed_in_again(strict, refused, cast.sari)
    again = form_on(offered)
    assert strict.post(CHAT, again, headers=HERE).status_code == 302
    message = Message.objects.get()
    assert (message.text, message.conversation.student) == (WORDS, cast.sari)


def test_a_login_in_another_tab_in_between_loses_them_neither(cast: Cast, strict: Client) -> None:
    login = strict.post(CHAT, {"text": WORDS, "csrfmiddlewaretoken": STALE}, headers=HERE)
    strict.force_login(cast.sari)
    offered = signed_in_again(strict, login.text, cast.sari)
    assert form_on(offered)["text"] == WORDS


@pytest.mark.parametrize("unsent_to", ["/login", "//jahat.example", "/admin/", "", "x" * 5000])
def test_words_are_carried_to_forms_of_ours_only(
    cast: Cast, client: Client, unsent_to: str
) -> None:
    carried = {"unsent": "text=capek", "unsent_to": unsent_to}
    answer = client.post("/login", {"login": "0071234501", "password": PASSWORD, **carried})
    assert (answer.status_code, answer["Location"]) == (302, "/student/dashboard")


def test_a_booking_keeps_its_hour_and_its_words(cast: Cast, strict: Client) -> None:
    strict.force_login(cast.sari)
    wish = {
        "guru": str(cast.rina.pk),
        "hari": date(2026, 12, 1).isoformat(),
        "jam": "09.00",
        "topic": "Pilih jurusan",
        "note": "Aku bingung",
        "key": str(uuid4()),
    }
    page = strict.post("/student/appointments/store", wish, headers=HERE).text
    again = form_on(page)
    again.pop("csrfmiddlewaretoken")
    assert again == wish


STAFF_WRITES = [
    ("/guru/appointments/1/refusal", {"reason": WORDS}),
    ("/guru/appointments/1/cancellation", {"reason": WORDS}),
    ("/guru/appointments/1/move", {"reason": WORDS, "hari": "2026-12-01", "jam": "09.00"}),
    ("/guru/materi/new", {"title": "Tidur", "summary": "Cukup", "body": WORDS, "publish": "1"}),
    ("/guru/materi/1", {"title": "Tidur", "summary": "Cukup", "body": WORDS}),
    ("/announcements/new", {"title": "Libur", "text": WORDS, "audience": "semua"}),
    ("/guru/crisis/1/contact", {"note": WORDS}),
    ("/guru/crisis/1/closing", {"reason": WORDS}),
    ("/guru/crisis/1/everything", {"reason": WORDS}),
    ("/guru/crisis/concerns/1", {"reason": WORDS}),
]


@pytest.mark.parametrize(("address", "sent"), STAFF_WRITES)
def test_what_a_guru_bk_wrote_comes_along_through_the_login(
    cast: Cast, strict: Client, address: str, sent: dict[str, str]
) -> None:
    login = strict.post(address, sent | {"csrfmiddlewaretoken": STALE}, headers=HERE)
    carried = form_on(login.text) | {"login": "rina@cendekia.example", "password": PASSWORD}
    again = form_on(strict.post("/login", carried, headers=HERE).text)
    again.pop("csrfmiddlewaretoken")
    assert again == sent


# --- A part is away -----------------------------------------------------------------------------


def full(execute: object, sql: str, *rest: object) -> None:
    raise OperationalError("database or disk is full")


@pytest.fixture
def sari(cast: Cast, strict: Client) -> Client:
    strict.force_login(cast.sari)
    strict.raise_request_exception = False
    return strict


def test_words_that_a_full_database_refuses_are_sent_by_a_second_press(sari: Client) -> None:
    sent = form_on(sari.get("/student/ai-companion").text) | {"text": WORDS}
    with connection.execute_wrapper(full):
        refused = sari.post(CHAT, sent, headers=HERE)
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert "belum tersimpan, tetapi tidak hilang" in refused.text
    assert form_on(refused.text) == sent
    assert sari.post(CHAT, form_on(refused.text), headers=HERE).status_code == 302
    assert Message.objects.get().text == WORDS


def test_a_password_that_could_not_be_asked_about_is_not_shown(sari: Client) -> None:
    sent = form_on(sari.get("/account/password").text)
    passwords = {"old_password": PASSWORD, "new_password1": "rahasia-baru-9"}
    with connection.execute_wrapper(full):
        refused = sari.post("/account/password", sent | passwords, headers=HERE)
    assert (refused.status_code, "<form" in refused.text) == (503, False)
    assert PASSWORD not in refused.text


def test_an_upload_that_finds_no_room_is_told_so(
    sari: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = form_on(sari.get("/student/ai-companion").text) | {"text": WORDS}
    no_room = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr("educounsel.companion.asking.conversation_of", Mock(side_effect=no_room))
    refused = sari.post(CHAT, sent, headers=HERE)
    assert (refused.status_code, form_on(refused.text)["text"]) == (503, WORDS)
