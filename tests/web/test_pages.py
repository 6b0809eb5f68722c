"""The shell's own pages: for strangers, for errors, for a phone without a network."""

import json
import re
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from django.db import InterfaceError, OperationalError
from django.test import Client, RequestFactory
from django.views.defaults import server_error
from redis import ConnectionError as RedisConnectionError

from tests.cast import Cast
from tests.conftest import ClientOf


@pytest.mark.django_db
def test_a_stranger_reads_what_this_is_and_where_help_is_at_once(client: Client) -> None:
    page = client.get("/").content.decode()
    assert 'href="/login"' in page
    assert re.findall(r'href="tel:([^"]+)"', page) == ["119,8", "129", "110", "119"]
    assert 'href="https://wa.me/628111129129"' in page


@pytest.mark.parametrize(
    ("person", "home"),
    [("sari", "/student/dashboard"), ("rina", "/guru/dashboard"), ("admin", "/admin/")],
)
def test_who_is_signed_in_goes_to_their_own_first_page(
    cast: Cast, client_of: ClientOf, person: str, home: str
) -> None:
    response = client_of(getattr(cast, person)).get("/")
    assert (response.status_code, response["Location"]) == (302, home)


@pytest.mark.django_db
def test_an_address_that_is_not_there_gets_our_404(client: Client) -> None:
    response = client.get("/tidak-ada")
    assert response.status_code == 404
    assert "Halaman ini tidak ada" in response.content.decode()


def test_a_form_address_that_is_opened_as_a_page_is_explained(
    cast: Cast, client_of: ClientOf
) -> None:
    response = client_of(cast.sari).get("/student/appointments/store")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "Alamat ini hanya untuk mengirim" in response.content.decode()
    assert response["Cache-Control"] == "private, no-store"


def test_the_500_page_needs_no_database() -> None:
    """This test may not touch the database, so a query would fail it."""
    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    page = response.content.decode()
    assert "Ini bukan salahmu" in page
    assert 'href="tel:119,8"' in page


@pytest.mark.parametrize(
    "fault",
    [
        OperationalError("the server closed the connection"),
        InterfaceError("connection already closed"),
        RedisConnectionError("refused"),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        ClientError({"Error": {"Code": "SlowDown"}}, "PutObject"),
    ],
)
def test_a_part_that_is_away_is_said_with_when_to_come_back(
    fault: Exception, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the database: this page needs none either."""
    monkeypatch.setattr("educounsel.web.views.static", Mock(side_effect=fault))
    client.raise_request_exception = False
    response = client.get("/sw.js")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    page = response.content.decode()
    assert "belum tersimpan" in page
    assert str(fault) not in page


def test_what_is_broken_is_not_called_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("educounsel.web.views.static", Mock(side_effect=ZeroDivisionError))
    client.raise_request_exception = False
    response = client.get("/sw.js")
    assert (response.status_code, "Retry-After" in response.headers) == (500, False)


@pytest.mark.django_db
def test_a_form_that_waited_too_long_is_explained() -> None:
    response = Client(enforce_csrf_checks=True).post("/login", {"login": "1", "password": "2"})
    assert response.status_code == 403
    assert "Belum ada yang terkirim" in response.content.decode()


@pytest.mark.django_db
def test_the_offline_page_carries_nothing_of_a_person(cast: Cast, client_of: ClientOf) -> None:
    page = client_of(cast.sari).get("/offline").content.decode()
    assert cast.sari.first_name not in page
    assert "csrf" not in page


@pytest.mark.django_db
def test_the_manifest_names_icons_that_exist(client: Client) -> None:
    response = client.get("/manifest.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    manifest = json.loads(response.content)
    assert [icon["sizes"] for icon in manifest["icons"]] == ["192x192", "512x512"]
    assert manifest["start_url"] == "/"


@pytest.mark.django_db
def test_the_root_has_an_icon(client: Client) -> None:
    icon = client.get("/favicon.ico")
    assert icon["Content-Type"] == "image/png"
    assert icon.content.startswith(b"\x89PNG")


@pytest.mark.django_db
def test_the_service_worker_keeps_the_shell_and_no_page_of_a_person(client: Client) -> None:
    response = client.get("/sw.js")
    assert response["Content-Type"] == "text/javascript"
    assert response["Cache-Control"] == "no-cache"
    listed = re.search(r"const SHELL = \[(.*)\]", response.content.decode())
    assert listed
    assert listed[1] == (
        'OFFLINE, "/static/web/css/app.css", "/static/web/icons.svg", "/static/web/img/icon.svg"'
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("cookie", "theme"), [("dark", True), ("light", True), ("pink", False)])
def test_the_chosen_colours_are_in_the_page_from_its_first_byte(
    client: Client, cookie: str, theme: bool
) -> None:
    client.cookies["theme"] = cookie
    page = client.get("/login").content.decode()
    assert (f'data-theme="{cookie}"' in page) is theme


def test_a_page_travels_small_to_a_phone_that_pays_for_it(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(cast.sari).get("/student/dashboard", headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 5_000


def test_help_is_in_every_page_of_a_student(cast: Cast, client_of: ClientOf) -> None:
    page = client_of(cast.sari).get("/account").content.decode()
    assert 'href="/student/help"' in page
    assert '<dialog class="sheet" id="help"' in page
    assert page.index(cast.rina.name) < page.index(cast.budi.name)


def test_the_pages_of_staff_have_no_dialog_for_students(cast: Cast, client_of: ClientOf) -> None:
    assert "<dialog" not in client_of(cast.rina).get("/account").content.decode()
