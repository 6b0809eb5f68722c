"""The second opinion: a small linear model, trained on the sentences in training/."""

import sys
import zlib
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import exp, sumprod
from pathlib import Path
from typing import Final

from educounsel.companion.screening.book import Rule
from educounsel.companion.screening.features import SIZE, View, features

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
# In memory the weights of one place stand side by side in one long number, so that one addition
# adds for all sorts at once. Each is kept above nought, in a column wide enough for any sum.
NOUGHT = 128
COLUMN: Final = "I"
ROW = len(SORTS) * array(COLUMN).itemsize

type Table = list[int]


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


def opinion(words: str, heard: Iterable[Rule] | None = None) -> Opinion:
    """Of a normalised text; `heard` as for features()."""
    return weighed(features(words, heard), _shipped())


def weighed(views: list[View], table: Table) -> Opinion:
    scores = [step * STEP for step in _steps(views, table)]
    return Opinion(dict(zip(SORTS, softmax(scores), strict=True)))


def _steps(views: list[View], table: Table) -> list[float]:
    """One for each sort."""
    sums = [_sums(view.places, table) for view in views]
    shares = [view.share for view in views]
    return [sumprod(of_sort, shares) for of_sort in zip(*sums, strict=True)]


def _sums(places: list[int], table: Table) -> list[int]:
    total = sum(map(table.__getitem__, places))
    columns = memoryview(total.to_bytes(ROW, sys.byteorder)).cast(COLUMN)
    nought = NOUGHT * len(places)
    return [column - nought for column in columns]


def softmax(scores: list[float]) -> list[float]:
    highest = max(scores)
    raised = [exp(score - highest) for score in scores]
    total = sum(raised)
    return [one / total for one in raised]


@cache
def _shipped() -> Table:
    return unpacked(WEIGHTS.read_bytes()[DIGEST_SIZE:])


def unpacked(weights: bytes) -> Table:
    """Of a row of signed bytes a sort."""
    steps = memoryview(zlib.decompress(weights)).cast("b")
    columns = array(COLUMN, bytes(ROW * SIZE))
    for sort in range(len(SORTS)):
        row = steps[sort * SIZE : (sort + 1) * SIZE]
        columns[sort :: len(SORTS)] = array(COLUMN, [step + NOUGHT for step in row])
    table = columns.tobytes()
    rows = (table[start : start + ROW] for start in range(0, len(table), ROW))
    return [int.from_bytes(row, sys.byteorder) for row in rows]
