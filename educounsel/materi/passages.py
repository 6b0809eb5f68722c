"""A materi cut into the stretches that retrieval.py finds and the companion quotes."""

import re
from collections.abc import Iterable, Iterator, Sequence

from educounsel.materi.models import Materi, MateriPassage
from educounsel.materi.reading import sections_of

# About what fits into a quotation, and what one subject fills.
WORDS = 90


def of_text(materi: Materi) -> list[MateriPassage]:
    found = [("", materi.summary)] + [
        (section.heading, text)
        for section in sections_of(materi.body)
        for text in _stretches(section.paragraphs)
    ]
    return [
        MateriPassage(materi=materi, position=position, heading=heading[:255], text=text)
        for position, (heading, text) in enumerate(found)
    ]


def of_pdf(materi: Materi, pages: Sequence[str]) -> list[MateriPassage]:
    return [
        MateriPassage(materi=materi, page=number, position=position, text=text)
        for number, page in enumerate(pages, start=1)
        for position, text in enumerate(_stretches(_paragraphs(page)))
    ]


def _paragraphs(page: str) -> Iterator[str]:
    """A PDF knows lines only: its sentences are what can be told apart."""
    for sentence in re.split(r"(?<=[.!?])\s+", " ".join(page.split())):
        if sentence:
            yield sentence


def _stretches(paragraphs: Iterable[str]) -> Iterator[str]:
    """Whole paragraphs together until they are long enough; one that is too long is cut."""
    words: list[str] = []
    for paragraph in paragraphs:
        if words and len(words) + len(paragraph.split()) > WORDS:
            yield " ".join(words)
            words = []
        words += paragraph.split()
        while len(words) > 2 * WORDS:
            yield " ".join(words[:WORDS])
            words = words[WORDS:]
    if words:
        yield " ".join(words)
