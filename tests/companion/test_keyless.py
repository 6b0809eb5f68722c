"""Without an AI the school's materi answer, in their own words."""

from educounsel.companion.models import Message, Reply
from educounsel.companion.providers import quotes
from educounsel.companion.replying import reply_to
from educounsel.materi import retrieval
from tests.cast import Cast
from tests.companion.conftest import HARMLESS, a_shelf_with, say
from tests.conftest import ClientOf

Status, Source = Reply.Status, Reply.Source


def test_only_what_comes_near_the_best_passage_is_quoted() -> None:
    found = [
        retrieval.Passage(1, "a", "", "satu", None, score=20.0),
        retrieval.Passage(2, "b", "", "dua", None, score=12.0),
        retrieval.Passage(3, "c", "", "tiga", None, score=11.9),
    ]
    assert quotes._worth_quoting(found) == found[:2]


def test_without_a_key_the_schools_materi_are_quoted(cast: Cast) -> None:
    materi = a_shelf_with(cast, body="Bagi waktu belajarmu per jam.")
    message = say(cast.sari, HARMLESS)
    reply_to(message.pk, is_last_try=False)
    reply = Reply.objects.get()
    assert (reply.status, reply.source) == (Status.DONE, Source.QUOTES)
    title = "Membagi waktu belajar"
    assert reply.citations == [
        {"number": 1, "materi_id": materi.pk, "title": title, "page": None, "anchor": "text"}
    ]
    assert "> " in reply.text
    assert "[1]" in reply.text


def test_when_nothing_fits_it_says_so_and_offers_a_person(
    cast: Cast, message: Message, client_of: ClientOf
) -> None:
    reply_to(message.pk, is_last_try=False)
    page = client_of(cast.sari).get("/student/ai-companion").content.decode()
    assert "belum menemukan materi" in page
    assert 'href="/student/appointments/create?segera=1"' in page
    assert "bukan AI" in page
