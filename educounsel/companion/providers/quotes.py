"""Without an AI: what the school's own materi say, in their words and under their name."""

from dataclasses import dataclass
from typing import Any

from educounsel.accounts.models import User
from educounsel.materi import retrieval

NOTHING_FITS = (
    "Aku belum menemukan materi yang pas untuk ceritamu. Guru BK di sekolahmu bisa mendengarkan"
    " langsung, tanpa menghakimi."
)


@dataclass(frozen=True)
class Quotes:
    text: str
    citations: list[dict[str, Any]]


def answer(student: User, question: str) -> Quotes:
    passages = retrieval.search(student, question)
    if not passages:
        return Quotes(NOTHING_FITS, [])
    quoted = [_quotation(number, found.text) for number, found in enumerate(passages, start=1)]
    opening = "Ini yang tertulis di materi sekolahmu dan mungkin membantu:"
    return Quotes("\n\n".join([opening, *quoted]), [_citation(found) for found in passages])


def _quotation(number: int, text: str) -> str:
    lines = f"{text.strip()} [{number}]".splitlines()
    return "\n".join(f"> {line}" for line in lines)


def _citation(found: retrieval.Passage) -> dict[str, Any]:
    return {"materi_id": found.materi_id, "title": found.title, "page": found.page}
