"""A session that cannot be written keeps nobody from reading."""

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import Client

from tests.cast import Cast
from tests.conftest import ClientOf
from tests.factories import PASSWORD


def full(execute: object, sql: str, *rest: object) -> object:
    """Reading goes on."""
    if sql.startswith(("INSERT", "UPDATE")):
        raise OperationalError("database or disk is full")
    return execute(sql, *rest)  # type: ignore[operator]


@pytest.fixture
def rina(cast: Cast, client_of: ClientOf) -> Client:
    """Has been told something that she has not seen yet."""
    rina = client_of(cast.rina)
    words = {"title": "Satu", "bidang": "sosial", "summary": "Satu.", "body": "Isinya."}
    assert rina.post("/guru/materi/new", words).status_code == 302
    return rina


def test_a_page_with_a_message_is_read_on_a_full_disk(rina: Client) -> None:
    with connection.execute_wrapper(full):
        pages = [rina.get("/guru/materi") for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert "Tersimpan." in pages[0].text


def test_a_session_that_has_ended_meanwhile_is_not_written_anew(rina: Client) -> None:
    """Django's own rule stays: who was signed out elsewhere is told so."""
    session = rina.session
    session["more"] = "words"
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        session.save()
    assert not Session.objects.exists()


def test_nobody_is_signed_in_without_a_row(cast: Cast, client: Client) -> None:
    client.raise_request_exception = False
    form = {"login": cast.sari.nisn, "password": PASSWORD}
    with connection.execute_wrapper(full):
        assert client.post("/login", form).status_code == 503
    assert settings.SESSION_COOKIE_NAME not in client.cookies
