"""Passages of the school's materi that answer a student's question.

The list's search and the companion ask here. A question never meets a text its student may not
read: what is found is always among `readable_by(student)`. Words find them, and where a provider's
embeddings are on (adr/0010) so does what the question is about.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from threading import Lock

from django.conf import settings

from educounsel.accounts.models import User
from educounsel.materi import embeddings
from educounsel.materi.models import Materi, MateriPassage
from educounsel.materi.nearest import vectors_of
from educounsel.materi.ranking import Index
from educounsel.materi.reading import anchor_of

SCHOOLS_IN_MEMORY = 16
# Reciprocal rank fusion, with the constant of Cormack, Clarke and Buettcher (2009).
FUSION = 60


@dataclass(frozen=True)
class Passage:
    materi_id: int
    title: str
    heading: str
    text: str
    page: int | None  # of the PDF; None for the text itself
    score: float = 0.0

    @property
    def anchor(self) -> str:
        """Where it stands, for the address: on the tab of the PDF when it has a page."""
        return f"hal-{self.page}" if self.page else anchor_of(self.heading)


def search(
    student: User, question: str, limit: int = 3, *, outside: str | None = None
) -> list[Passage]:
    """The best passage of each materi that answers, the best first; none when nothing does.

    `outside` is the question as it may leave the house, its names masked; None: it may not.
    """
    readable = set(Materi.objects.readable_by(student).values_list("pk", flat=True))
    by_words = _one_each(_shelf(student.school_id).answers(question, readable))
    by_sense = _one_each(_near(student, outside, readable)) if outside else []
    return _fused(by_words, by_sense)[:limit]


def _one_each(passages: Iterable[Passage]) -> list[Passage]:
    best: dict[int, Passage] = {}
    for passage in passages:
        best.setdefault(passage.materi_id, passage)
    return list(best.values())


def _near(student: User, outside: str, readable: Collection[int]) -> Iterator[Passage]:
    asked = embeddings.of_question(outside)
    if asked is not None:
        ids = vectors_of(student.school_id, settings.OPENAI_EMBEDDINGS).nearest(asked, readable)
        rows = MateriPassage.objects.select_related("materi").in_bulk(ids)
        yield from (_passage(rows[pk]) for pk in ids if pk in rows)


def _fused(by_words: Sequence[Passage], by_sense: Sequence[Passage]) -> list[Passage]:
    """By the places that a materi takes in both; the passage is the one that words found."""
    if not by_sense:
        return list(by_words)
    scores: defaultdict[int, float] = defaultdict(float)
    for found in (by_words, by_sense):
        for place, passage in enumerate(found, start=1):
            scores[passage.materi_id] += 1 / (FUSION + place)
    passages = _one_each([*by_words, *by_sense])
    fused = [replace(passage, score=scores[passage.materi_id]) for passage in passages]
    return sorted(fused, key=lambda passage: passage.score, reverse=True)


class Shelf:
    """What a school has published, in memory. Before each answer it takes in what has changed."""

    def __init__(self, school_id: int) -> None:
        self._active = Materi.objects.active().filter(school_id=school_id)
        self._editions: dict[int, datetime] = {}
        self._passages: dict[int, Passage] = {}
        self._numbers: defaultdict[int, list[int]] = defaultdict(list)
        self._index = Index()
        self._one_at_a_time = Lock()

    def answers(self, question: str, readable: Collection[int]) -> list[Passage]:
        with self._one_at_a_time:
            self._take_in_changes()
            among = {number for pk in readable for number in self._numbers.get(pk, ())}
            return list(self._best(question, among))

    def _take_in_changes(self) -> None:
        """The editions are read first: what changes after that differs from them next time."""
        current = dict(self._active.values_list("pk", "updated_at"))
        known = self._editions.items()
        for pk in [pk for pk, edition in known if current.get(pk) != edition]:
            self._take_away(pk)
        new = [pk for pk in current if pk not in self._editions]
        if new:
            self._put(MateriPassage.objects.filter(materi__in=new).select_related("materi"))
        self._editions = current

    def _take_away(self, materi_id: int) -> None:
        for number in self._numbers.pop(materi_id, ()):
            passage = self._passages.pop(number)
            self._index.remove(number, _head(passage), passage.text)
        del self._editions[materi_id]

    def _put(self, rows: Iterable[MateriPassage]) -> None:
        for passage in map(_passage, rows):
            number = self._index.add(_head(passage), passage.text)
            self._passages[number] = passage
            self._numbers[passage.materi_id].append(number)

    def _best(self, question: str, among: Collection[int]) -> Iterator[Passage]:
        for score, number in self._index.best(question, among):
            yield replace(self._passages[number], score=score)


_shelf = lru_cache(SCHOOLS_IN_MEMORY)(Shelf)


def _head(passage: Passage) -> str:
    return f"{passage.title} {passage.heading}"


def _passage(row: MateriPassage) -> Passage:
    return Passage(
        materi_id=row.materi_id,
        title=row.materi.title,
        heading=row.heading,
        text=row.text,
        page=row.page or None,
    )
