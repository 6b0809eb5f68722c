"""A long conversation is read to its beginning, a stretch at a time."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from educounsel.companion.models import Conversation, Message, Reply
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries

PAGE = "/student/ai-companion"


@pytest.fixture
def sari(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.sari)


def converse(cast: Cast, turns: int) -> Conversation:
    conversation = Conversation.objects.create(student=cast.sari)
    said = Message.objects.bulk_create(
        Message(
            conversation=conversation, text=f"pesan ke-{number}.", key=uuid4(), detector_version="1"
        )
        for number in range(1, turns + 1)
    )
    Reply.objects.bulk_create(
        Reply(message=message, status=Reply.Status.DONE, text="ya") for message in said
    )
    return conversation


def numbers_on(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"pesan ke-(\d+)\.", page)]


def link_on(page: str) -> str | None:
    found = re.search(r'href="([^"]+)">Pesan sebelumnya', page)
    return found[1] if found else None


def test_from_page_to_page_every_message_is_read_once(cast: Cast, sari: Client) -> None:
    converse(cast, 120)
    page = sari.get(PAGE).text
    pages = [numbers_on(page)]
    while address := link_on(page):
        page = sari.get(address).text
        assert "Ke pesan terbaru" in page
        pages.append(numbers_on(page))
    assert pages == [list(range(71, 121)), list(range(21, 71)), list(range(1, 21))]


def test_fifty_messages_are_the_whole(cast: Cast, sari: Client) -> None:
    converse(cast, 50)
    page = sari.get(PAGE).text
    assert (len(numbers_on(page)), link_on(page)) == (50, None)


def test_an_open_page_gets_the_piece_that_goes_above(cast: Cast, sari: Client) -> None:
    converse(cast, 60)
    address = link_on(sari.get(PAGE).text)
    assert address
    piece = sari.get(address, headers={"HX-Request": "true"}).text
    assert numbers_on(piece) == list(range(1, 11))
    assert "<html" not in piece
    assert 'role="log"' not in piece


def test_before_the_first_message_there_is_nothing(cast: Cast, sari: Client) -> None:
    first = converse(cast, 1).messages.get()
    page = sari.get(f"{PAGE}/messages/{first.pk}/before")
    assert (page.status_code, numbers_on(page.text)) == (200, [])


def test_nothing_of_another_conversation_comes_along(cast: Cast, sari: Client) -> None:
    converse(cast, 60)
    last = converse(cast, 1).messages.get()
    assert numbers_on(sari.get(f"{PAGE}/messages/{last.pk}/before").text) == []


def test_nobody_else_reads_it(cast: Cast, client_of: ClientOf) -> None:
    last = converse(cast, 60).messages.last()
    assert last
    for other in (cast.dodi, cast.rina, cast.admin, cast.head, cast.tia):
        answer = client_of(other).get(f"{PAGE}/messages/{last.pk}/before")
        assert answer.status_code == 404


def test_more_messages_cost_no_more_queries(
    cast: Cast, sari: Client, count_queries: CountQueries
) -> None:
    last = [converse(cast, turns).messages.last() for turns in (2, 120)]
    few, many = (f"{PAGE}/messages/{message.pk}/before" for message in last if message)
    sari.get(few)
    assert count_queries(sari, few) == count_queries(sari, many)
