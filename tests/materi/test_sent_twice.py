"""A new materi whose form is sent twice, as by a double tap without script, is one materi."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client

from educounsel.materi import publishing
from educounsel.materi.models import Materi, Status
from educounsel.materi.uploads import read_pdf
from tests.cast import Cast, make_cast
from tests.conftest import ClientOf
from tests.materi import files, shelf
from tests.materi.test_desk_pages import send, upload
from tests.materi.test_publishing import announcements


@pytest.fixture
def rina(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.rina)


def key_on(page: str) -> str:
    found = re.search('name="key" value="([^"]+)"', page)
    assert found
    return found[1]


def test_two_taps_are_one_materi_told_once(rina: Client) -> None:
    key = key_on(rina.get("/guru/materi/new").text)
    answers = [send(rina, key=key, publish="1", new_pdf=upload(files.pdf())) for _ in range(2)]
    materi = Materi.objects.get()
    assert {answer["Location"] for answer in answers} == {f"/guru/materi/{materi.pk}"}
    assert (materi.status, announcements()) == (Status.ACTIVE, [materi.pk])
    assert default_storage.exists(str(materi.pdf))


def test_words_that_were_changed_before_the_second_time_are_kept(rina: Client) -> None:
    key = key_on(rina.get("/guru/materi/new").text)
    send(rina, key=key)
    refused = send(rina, key=key, title="")
    assert (refused.status_code, key_on(refused.text)) == (422, key)
    send(rina, key=key, title="Judul yang lebih baik")
    assert Materi.objects.get().title == "Judul yang lebih baik"


def test_another_page_is_another_materi(rina: Client) -> None:
    keys = [key_on(rina.get("/guru/materi/new").text) for _ in range(2)]
    for key in [*keys, "bukan-kunci", ""]:
        send(rina, key=key)
    assert Materi.objects.count() == 4


def test_a_key_opens_nothing_of_somebody_else(cast: Cast, client_of: ClientOf) -> None:
    key = str(uuid4())
    for guru in (cast.rina, cast.budi, cast.tono):
        send(client_of(guru), key=key, title=guru.name)
    assert [(materi.title, materi.author) for materi in Materi.objects.order_by("pk")] == [
        (guru.name, guru) for guru in (cast.rina, cast.budi, cast.tono)
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_in_the_same_instant_one_is_kept_with_its_file() -> None:
    guru, key, start = make_cast().rina, uuid4(), Barrier(2)
    pdf = read_pdf(files.pdf())

    def save(_: int) -> int:
        materi = shelf.draft(guru)
        materi.key = key
        start.wait()
        try:
            return publishing.save(materi, [], pdf=pdf).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(save, range(2)))) == 1
    _, names = default_storage.listdir("materi")
    assert [f"materi/{name}" for name in names] == [Materi.objects.get().pdf.name]
