"""Passages of the school's materi that answer a student's question.

The list's search and the companion ask here. A question never meets a text its student may not
read: what is found is always among `readable_by(student)`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from educounsel.accounts.models import User
from educounsel.materi.models import Materi, MateriPassage
from educounsel.materi.ranking import Index

type Edition = tuple[tuple[int, datetime], ...]

SCHOOLS_IN_MEMORY = 16


@dataclass(frozen=True)
class Passage:
    materi_id: int
    title: str
    heading: str
    text: str
    page: int | None  # of the PDF; None for the text itself
    score: float = 0.0


def search(student: User, question: str, limit: int = 3) -> list[Passage]:
    """The best passage of each materi that answers, the best first; none when nothing does."""
    best: dict[int, Passage] = {}
    for passage in _answers(student, question):
        best.setdefault(passage.materi_id, passage)
    return list(best.values())[:limit]


def _answers(student: User, question: str) -> Iterator[Passage]:
    readable = set(Materi.objects.readable_by(student).values_list("pk", flat=True))
    shelf = _shelf(student.school_id, _edition(student.school_id))
    among = {n for n, passage in enumerate(shelf.passages) if passage.materi_id in readable}
    for score, n in shelf.index.best(question, among):
        yield replace(shelf.passages[n], score=score)


@dataclass(frozen=True)
class Shelf:
    passages: list[Passage]
    index: Index


def _edition(school_id: int) -> Edition:
    """Changes with every change of what the school's students may read."""
    active = Materi.objects.active().filter(school_id=school_id).order_by("pk")
    return tuple(active.values_list("pk", "updated_at"))


@lru_cache(maxsize=SCHOOLS_IN_MEMORY)
def _shelf(school_id: int, edition: Edition) -> Shelf:
    """Built once an edition: `edition` is not read here, it is what the cache remembers by."""
    rows = MateriPassage.objects.filter(
        materi__school_id=school_id, materi__in=Materi.objects.active()
    ).select_related("materi")
    passages = [_passage(row) for row in rows]
    return Shelf(passages, Index([f"{p.title} {p.heading} {p.text}" for p in passages]))


def _passage(row: MateriPassage) -> Passage:
    return Passage(
        materi_id=row.materi_id,
        title=row.materi.title,
        heading=row.heading,
        text=row.text,
        page=row.page or None,
    )
