"""The link that a page gives out, followed to the bytes: by its reader, and by somebody else."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from educounsel.materi.models import Materi
from educounsel.web import serving
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.materi import shelf

# Serving asks the database from a thread of its own, which sees committed rows alone.
pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def fetch(path: str, client: Client, **headers: str) -> Answer:
    """What the server sends for a link to somebody with this client's session."""
    answer = Answer()
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    sent = {"cookie": cookies} | headers
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()  # the reader stays on the line
        raise AssertionError

    async def send(message: Any) -> None:
        answer.status = message.get("status", answer.status)
        answer.headers |= {k.decode(): v.decode() for k, v in message.get("headers", [])}
        answer.body += message.get("body", b"")

    asyncio.run(serving.serve(scope, receive, send))
    return answer


def pdf_link(client: Client, materi: Materi, query: str = "") -> str:
    return client.get(f"/student/materi/{materi.pk}/file{query}")["Location"]


def test_a_reader_gets_the_pdf_and_any_part_of_it(cast: Cast, client_of: ClientOf) -> None:
    materi, sari = shelf.with_files(cast.rina), client_of(cast.sari)
    link = pdf_link(sari, materi)
    whole, part = fetch(link, sari), fetch(link, sari, range="bytes=0-4")
    assert (whole.status, len(whole.body)) == (200, materi.pdf_bytes)
    assert whole.headers["content-type"] == "application/pdf"
    assert whole.headers["content-disposition"] == "inline"
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert (part.status, part.body) == (206, b"%PDF-")


@pytest.mark.parametrize("header", ["bytes", "lines=0-4", "bytes=", "bytes=a-b"])
def test_a_range_that_is_none_is_left_aside(cast: Cast, client_of: ClientOf, header: str) -> None:
    materi, sari = shelf.with_files(cast.rina), client_of(cast.sari)
    assert fetch(pdf_link(sari, materi), sari, range=header).status == 200


def test_a_download_has_a_name_that_says_what_it_is(cast: Cast, client_of: ClientOf) -> None:
    materi, sari = shelf.with_files(cast.rina), client_of(cast.sari)
    Materi.objects.update(title='Napas "4/6"\r\nX-Evil: 1; ../../x — bagian <dua>')
    link = pdf_link(sari, materi, "?unduh=1")
    assert fetch(link, sari).headers["content-disposition"] == (
        "attachment;filename*=UTF-8''napas-46-x-evil-1-x-bagian-dua.pdf"
    )


def test_a_link_that_was_passed_on_opens_nothing(cast: Cast, client_of: ClientOf) -> None:
    link = pdf_link(client_of(cast.sari), shelf.with_files(cast.rina))
    for somebody in (client_of(cast.dodi), client_of(cast.tia), client_of(cast.rina), Client()):
        assert fetch(link, somebody).status == 404


def test_a_link_ends_with_its_session(cast: Cast, client_of: ClientOf) -> None:
    sari = client_of(cast.sari)
    link = pdf_link(sari, shelf.with_files(cast.rina))
    other_tab = Client()
    other_tab.cookies.load(sari.cookies.output(header=""))
    assert fetch(link, other_tab).status == 200
    sari.logout()
    assert fetch(link, other_tab).status == 404


def test_a_thumbnail_is_a_webp_whose_address_is_remembered_for_a_while(
    cast: Cast, client_of: ClientOf
) -> None:
    materi, sari = shelf.with_files(cast.rina), client_of(cast.sari)
    response = sari.get(f"/materi/{materi.pk}/thumbnail")
    assert response["Cache-Control"] == "private, max-age=240"
    assert fetch(response["Location"], sari).headers["content-type"] == "image/webp"
