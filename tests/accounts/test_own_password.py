"""A password that somebody else has set opens one page: the one on which another is chosen."""

import re
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from educounsel.accounts.models import User
from educounsel.companion.models import Case, Message
from educounsel.realtime.sessions import person_of
from tests.cast import Cast
from tests.companion.conftest import DANGER, say
from tests.conftest import ClientOf

PASSWORD, OWN = "/account/password", "kuda-terbang-ungu"
CHAT = "/student/ai-companion"
CHOSEN = {"new_password1": OWN, "new_password2": OWN}


def reset(admin: Client, person: User) -> str:
    """What the admin is shown."""
    form = {"action": "give_new_password", "_selected_action": [str(person.pk)]}
    response = admin.post("/admin/accounts/user/", form)
    (said,) = (str(message) for message in get_messages(response.wsgi_request))
    return said.rpartition(": ")[2]


def signed_in(person: User, password: str, **more: str) -> Client:
    client = Client()
    client.post("/login", {"login": person.nisn or person.email, "password": password, **more})
    return client


@pytest.fixture
def given(cast: Cast, client_of: ClientOf) -> str:
    """What an admin has set for Sari, whose words lie there."""
    say(cast.sari, DANGER)
    return reset(client_of(cast.admin), cast.sari)


def test_every_session_of_before_ends(cast: Cast, client_of: ClientOf) -> None:
    phones = [client_of(cast.sari) for _ in range(2)]
    reset(client_of(cast.admin), cast.sari)
    assert [phone.get(CHAT).status_code for phone in phones] == [302, 302]
    assert phones[0].get(CHAT)["Location"].startswith("/login")


def test_nothing_of_the_student_is_seen_before_another_is_chosen(cast: Cast, given: str) -> None:
    sari, said = signed_in(cast.sari, given), Message.objects.get()
    talk = said.conversation_id
    for address in (
        "/student/dashboard", CHAT, f"{CHAT}/conversations", f"{CHAT}/conversations/{talk}",
        f"{CHAT}/messages/{said.pk}", f"{CHAT}/conversations/{talk}/percakapan.txt",
        f"{CHAT}/conversations/{talk}/percakapan.pdf", f"{CHAT}/siapa-membuka", f"{CHAT}/shares",
        "/notifications/feed", "/student/notifications", "/student/appointments", "/account",
    ):  # fmt: skip
        answer = sari.get(address)
        assert (address, answer.status_code, answer["Location"]) == (address, 302, PASSWORD)
    for address in (f"{CHAT}/conversations/search", f"{CHAT}/conversations/{talk}/removal"):
        assert sari.post(address, {"words": "aku"})["Location"] == PASSWORD
    assert Message.objects.exists()
    assert sari.get("/student/help").status_code == 200
    page = sari.get(PASSWORD).text
    assert "dibuat oleh sekolah" in page
    assert "data-realtime-key" not in page


def test_no_socket_either(cast: Cast, given: str) -> None:
    sari = signed_in(cast.sari, given)
    assert person_of(str(sari.session.session_key)) is None
    sari.post(PASSWORD, CHOSEN)
    assert person_of(str(sari.session.session_key)) == cast.sari


def test_with_one_of_their_own_everything_opens_again(cast: Cast, given: str) -> None:
    sari = signed_in(cast.sari, given)
    assert sari.post(PASSWORD, CHOSEN)["Location"] == "/student/dashboard"
    assert DANGER in sari.get(CHAT).text
    assert signed_in(cast.sari, given).get(CHAT)["Location"].startswith("/login")
    assert signed_in(cast.sari, OWN).get(CHAT).status_code == 200


def test_the_one_that_was_given_is_no_own_one(cast: Cast, given: str) -> None:
    sari = signed_in(cast.sari, given)
    again = sari.post(PASSWORD, {"new_password1": given, "new_password2": given})
    assert again.status_code == 422
    assert "Pilih kata sandi lain dari yang diberikan kepadamu." in again.text
    assert sari.get(CHAT)["Location"] == PASSWORD


def test_where_the_person_wanted_to_go_comes_along(cast: Cast, given: str) -> None:
    sari = Client()
    login = {"login": cast.sari.nisn, "password": given, "next": "/student/materi"}
    page = sari.post("/login", login).text
    assert 'name="next" value="/student/materi"' in page
    assert (
        sari.post(PASSWORD, CHOSEN | {"next": "/student/materi"})["Location"] == "/student/materi"
    )


def test_words_of_danger_that_were_typed_meanwhile_come_along(
    cast: Cast, client_of: ClientOf
) -> None:
    sari = client_of(cast.sari)
    given = reset(client_of(cast.admin), cast.sari)
    sent = sari.post(f"{CHAT}/chat", {"text": DANGER, "key": str(uuid4())})
    carried = hidden(sent.text)
    asked = sari.post("/login", {"login": cast.sari.nisn, "password": given, **carried})
    assert "ikut" in asked.text
    offered = sari.post(PASSWORD, CHOSEN | hidden(asked.text))
    assert DANGER in offered.text
    assert sari.post(f"{CHAT}/chat", {"text": DANGER, **hidden(offered.text)}).status_code == 302
    assert Case.objects.get().student == cast.sari


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: value.replace("&amp;", "&") for name, value in found}


@pytest.mark.parametrize("name", ["rina", "head"])
def test_staff_choose_their_own_too(cast: Cast, client_of: ClientOf, name: str) -> None:
    person: User = getattr(cast, name)
    client = signed_in(person, reset(client_of(cast.admin), person))
    for address in ("/guru/crisis", "/kepala/crisis", "/siapa-membuka-kasus"):
        assert client.get(address)["Location"] == PASSWORD
    client.post(PASSWORD, CHOSEN)
    assert client.get("/siapa-membuka-kasus").status_code == 200


def test_a_password_that_was_always_ones_own_asks_for_nothing(
    cast: Cast, client_of: ClientOf
) -> None:
    sari = client_of(cast.sari)
    assert sari.get(CHAT).status_code == 200
    assert "Pilih kata sandimu" not in sari.get(PASSWORD).text
