"""The second opinion: a small linear model, trained on the sentences in training/."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, sumprod
from operator import itemgetter
from pathlib import Path

from educounsel.companion.screening.features import SIZE, features

WEIGHTS = Path(__file__).with_name("opinion.weights")
# The file begins with the digest of what it was learnt from (training/digest.py).
DIGEST_SIZE = 32
# What a message may be: its level, with the category where there is one.
SORTS = (
    ("none", "none"),
    *(("concern", what) for what in ("distress", "bullying", "abuse", "eating", "self_harm")),
    ("concern", "substance"),
    *(("crisis", what) for what in ("suicide", "self_harm", "abuse", "sexual_abuse", "violence")),
    ("crisis", "substance"),
)
# A weight is kept in one byte, a step of this size.
STEP = 0.12


type Row = Sequence[float] | memoryview


@dataclass(frozen=True)
class Opinion:
    """How likely each sort is; the likelihoods of all sorts make one."""

    likely: dict[tuple[str, str], float]

    def of(self, level: str) -> float:
        return sum(share for sort, share in self.likely.items() if sort[0] == level)

    def category(self, level: str) -> str:
        """The likeliest one of that level."""
        of_level = {sort: share for sort, share in self.likely.items() if sort[0] == level}
        return max(of_level, key=of_level.__getitem__)[1]


def opinion(words: str) -> Opinion:
    """Of a normalised text."""
    steps = scores(features(words), _weights())
    return as_opinion([step * STEP for step in steps])


def as_opinion(scores: list[float]) -> Opinion:
    return Opinion(dict(zip(SORTS, softmax(scores), strict=True)))


def scores(seen: list[tuple[int, float]], table: Sequence[Row]) -> list[float]:
    """One for each row of the table."""
    pick, shares = itemgetter(*(place for place, _ in seen)), [share for _, share in seen]
    return [sumprod(pick(row), shares) for row in table]


def softmax(scores: list[float]) -> list[float]:
    highest = max(scores)
    raised = [exp(score - highest) for score in scores]
    total = sum(raised)
    return [one / total for one in raised]


@cache
def _weights() -> list[memoryview]:
    """A row of signed bytes for each sort."""
    table = memoryview(zlib.decompress(WEIGHTS.read_bytes()[DIGEST_SIZE:])).cast("b")
    return [table[start : start + SIZE] for start in range(0, len(table), SIZE)]
