from datetime import timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client

from tests.cast import Cast
from tests.factories import PASSWORD

WRONG = "NISN, NIS, e-mail, atau kata sandinya tidak cocok."


def sign_in(client: Client, login: str, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post("/login", {"login": login, "password": password} | more)  # type: ignore[return-value]


@pytest.mark.parametrize("login", ["0071234501", " 0071234501 "])
def test_a_student_comes_in_by_nisn(cast: Cast, client: Client, login: str) -> None:
    response = sign_in(client, login)
    assert (response.status_code, response["Location"]) == (302, "/student/dashboard")
    assert client.session["_auth_user_id"] == str(cast.sari.pk)


def test_a_nis_of_two_schools_opens_the_account_whose_password_it_is(
    cast: Cast, client: Client
) -> None:
    cast.tia.set_password("ombak-besar-77")
    cast.tia.save()
    sign_in(client, "2301", "ombak-besar-77")
    assert client.session["_auth_user_id"] == str(cast.tia.pk)


def test_a_nis_and_password_of_two_accounts_opens_neither(cast: Cast, client: Client) -> None:
    assert sign_in(client, "2301").status_code == 422
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("who", "home"),
    [("rina", "/guru/dashboard"), ("admin", "/admin/"), ("tono", "/guru/dashboard")],
)
def test_staff_come_in_by_email_to_their_own_page(
    cast: Cast, client: Client, who: str, home: str
) -> None:
    assert sign_in(client, getattr(cast, who).email.upper())["Location"] == home


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/student/materi", "/student/materi"),
        ("https://jahat.example/", "/student/dashboard"),
        ("//jahat.example/", "/student/dashboard"),
        ("javascript:alert(1)", "/student/dashboard"),
    ],
)
def test_next_leads_only_to_this_site(cast: Cast, client: Client, asked: str, led: str) -> None:
    assert sign_in(client, "0071234501", next=asked)["Location"] == led


def test_the_session_id_is_new_and_the_old_one_dead(cast: Cast, client: Client) -> None:
    client.get("/login")
    client.session.save()
    before = client.session.session_key
    sign_in(client, "0071234501")
    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("login", "password"), [("0071234501", "salah"), ("9999999999", PASSWORD), ("a@b", PASSWORD)]
)
def test_a_wrong_word_is_told_without_saying_which(
    cast: Cast, client: Client, login: str, password: str
) -> None:
    response = sign_in(client, login, password)
    assert response.status_code == 422
    assert WRONG in response.text
    assert f'value="{login}"' in response.text
    assert password not in response.text


def test_empty_fields_say_what_to_fill_in(cast: Cast, client: Client) -> None:
    response = sign_in(client, "", "")
    assert response.status_code == 422
    assert "Isi NISN, NIS, atau e-mailmu." in response.text


def test_an_inactive_account_is_told_only_with_the_right_password(
    cast: Cast, client: Client
) -> None:
    cast.sari.is_active = False
    cast.sari.save()
    assert "temui tata usaha" in sign_in(client, "0071234501").text
    assert WRONG in sign_in(client, "0071234501", "salah").text


def test_after_five_failures_the_right_password_waits_30_seconds_too(
    cast: Cast, client: Client
) -> None:
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False) as clock:
        statuses = [sign_in(client, "0071234501", "salah").status_code for _ in range(5)]
        assert statuses == [422, 422, 422, 422, 429]
        refused = sign_in(client, "0071234501")
        assert (refused.status_code, refused["Retry-After"]) == (429, "31")
        assert 'data-countdown="31"' in refused.text
        clock.shift(timedelta(seconds=31))
        assert sign_in(client, "0071234501").status_code == 302


def test_a_clock_that_is_set_back_does_not_make_the_wait_longer(cast: Cast, client: Client) -> None:
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False) as clock:
        assert [sign_in(client, "0071234501", "salah").status_code for _ in range(5)][-1] == 429
        clock.shift(-timedelta(hours=1))
        assert sign_in(client, "0071234501").status_code == 302


def test_a_count_that_is_gone_when_it_is_added_to_begins_anew(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when Redis goes or comes back between the two: another cache is asked then."""
    monkeypatch.setattr(type(caches["default"]), "add", lambda self, *args: None)
    assert [sign_in(client, "0071234501", "salah").status_code for _ in range(5)] == [422] * 4 + [
        429
    ]


def test_failures_of_one_account_do_not_stop_another(cast: Cast, client: Client) -> None:
    for _ in range(6):
        sign_in(client, "0071234502", "salah")
    assert sign_in(client, "0071234501").status_code == 302


def test_logout_ends_the_session_and_only_by_post(cast: Cast, client: Client) -> None:
    sign_in(client, "0071234501")
    old = client.cookies["session"].value
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").status_code == 302
    thief = Client()
    thief.cookies["session"] = old
    assert thief.get("/account").status_code == 302


def test_a_signed_in_person_is_led_home_from_the_login_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.rina)
    assert client.get("/login")["Location"] == "/guru/dashboard"


def test_a_private_page_is_kept_by_no_cache(cast: Cast, client: Client) -> None:
    client.force_login(cast.sari)
    assert client.get("/account")["Cache-Control"] == "private, no-store"


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(
    cast: Cast, client: Client
) -> None:
    page = "http://testserver/student/appointments/create"
    answer = client.post("/student/appointments/store", headers={"referer": page})
    assert answer["Location"] == "/login?next=/student/appointments/create"


def test_a_fragment_asked_for_after_the_session_ended_moves_the_whole_page(
    cast: Cast, client: Client
) -> None:
    here = {"HX-Request": "true", "HX-Current-URL": "http://testserver/guru/appointments"}
    answer = client.get("/guru/appointments", headers=here)
    assert answer["HX-Redirect"] == "/login?next=/guru/appointments"
    assert answer.content == b""
