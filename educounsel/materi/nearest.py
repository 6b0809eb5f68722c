"""The passages that are nearest to a question by what they are about, without a common word.

In plain Python: the signs of the numbers, as one long integer, tell at once how far
two vectors are apart; only the nearest are then compared number by number (adr/0010).
"""

from array import array
from collections.abc import Collection
from functools import lru_cache
from heapq import nsmallest
from math import sumprod
from threading import Lock

from django.conf import settings

from educounsel.materi.embeddings import Vector
from educounsel.materi.models import PassageVector, Status

LOOKED_AT_CLOSELY = 200
SCHOOLS_IN_MEMORY = 16


class Vectors:
    """Of a school, in memory. A passage is never changed, only replaced: each is read once."""

    def __init__(self, school_id: int, model: str) -> None:
        self._rows = PassageVector.objects.filter(
            model=model,
            passage__materi__school_id=school_id,
            passage__materi__status=Status.ACTIVE,
        )
        self._known: dict[int, tuple[int, Vector]] = {}
        self._one_at_a_time = Lock()

    def nearest(self, asked: Vector, readable: Collection[int]) -> list[int]:
        """The ids of the passages of these materi that are near enough, the nearest first."""
        with self._one_at_a_time:
            current = dict(self._rows.values_list("pk", "passage__materi_id"))
            self._take_in(current)
            among = [self._known[pk] + (pk,) for pk, of in current.items() if of in readable]
        signs = signs_of(asked)
        near = nsmallest(LOOKED_AT_CLOSELY, among, key=lambda one: (one[0] ^ signs).bit_count())
        by_cosine = sorted(((_cosine(asked, vector), pk) for _, vector, pk in near), reverse=True)
        least = settings.OPENAI_EMBEDDINGS_NEAR / 100
        return [pk for cosine, pk in by_cosine if cosine >= least]

    def _take_in(self, current: Collection[int]) -> None:
        self._known = {pk: known for pk, known in self._known.items() if pk in current}
        new = [pk for pk in current if pk not in self._known]
        for pk, numbers in self._rows.filter(pk__in=new).values_list("pk", "numbers"):
            vector = array("f", bytes(numbers))
            self._known[pk] = signs_of(vector), vector


@lru_cache(SCHOOLS_IN_MEMORY)
def vectors_of(school_id: int, model: str) -> Vectors:
    return Vectors(school_id, model)


def signs_of(vector: Vector) -> int:
    return int("".join("1" if number > 0 else "0" for number in vector), 2)


def _cosine(asked: Vector, vector: Vector) -> float:
    """A model that answers with another length than before is near to nothing it said then."""
    return sumprod(asked, vector) if len(asked) == len(vector) else 0.0
