"""Without an AI: what the school's own materi say, in their words and under their name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from educounsel.accounts.models import User
from educounsel.materi import retrieval

NOTHING_FITS = (
    "Aku belum menemukan materi yang pas untuk ceritamu. Guru BK di sekolahmu bisa mendengarkan"
    " langsung, tanpa menghakimi."
)
NEAR_THE_BEST = 0.6
OPENING = "Ini yang tertulis di materi sekolahmu dan mungkin membantu:"


@dataclass(frozen=True)
class Quotes:
    text: str
    citations: list[dict[str, Any]]


def answer(student: User, question: str, why: str) -> Quotes:
    """`why` says to the student why no AI answers, where there usually is one."""
    passages = _worth_quoting(retrieval.search(student, question))
    if not passages:
        return Quotes(_paragraphs(why, NOTHING_FITS), [])
    quoted = [_quotation(number, found.text) for number, found in enumerate(passages, start=1)]
    return Quotes(_paragraphs(why, OPENING, *quoted), citations(passages))


def _worth_quoting(passages: Sequence[retrieval.Passage]) -> list[retrieval.Passage]:
    """The best, and what comes near it: nobody reads a quotation before the student does."""
    return [found for found in passages if found.score >= NEAR_THE_BEST * passages[0].score]


def citations(passages: Sequence[retrieval.Passage]) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "materi_id": found.materi_id,
            "title": found.title,
            "page": found.page,
            "anchor": found.anchor,
        }
        for number, found in enumerate(passages, start=1)
    ]


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _quotation(number: int, text: str) -> str:
    lines = f"{text.strip()} [{number}]".splitlines()
    return "\n".join(f"> {line}" for line in lines)
