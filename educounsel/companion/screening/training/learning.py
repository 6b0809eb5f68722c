"""Multinomial logistic regression by AdaGrad, in plain Python: seeded, so always the same."""

import random
import zlib
from collections.abc import Iterable, Sequence
from math import sqrt

from educounsel.companion.screening.features import SIZE, features
from educounsel.companion.screening.normalise import normalise
from educounsel.companion.screening.opinion import SORTS, STEP, scores, softmax
from educounsel.companion.screening.training.corpus import Example

ROUNDS = 10
PACE = 0.5
# Pulls every weight that is touched a little towards nought.
DECAY = 5e-4
# Students also say a serious thing in the middle of small talk: one message in so many is two.
JOINED = 5
TOO_SMALL = 0.02

type Table = list[list[float]]
type Seen = tuple[list[tuple[int, float]], int]


def learn(examples: Sequence[Example]) -> Table:
    """One row of weights for each sort."""
    chance = random.Random(7)  # noqa: S311 - the same course on every machine
    lessons = [_seen(one) for one in [*examples, *_joined(examples, chance)]]
    weights = [[0.0] * SIZE for _ in SORTS]
    squares = [[1e-3] * SIZE for _ in SORTS]
    for _ in range(ROUNDS):
        chance.shuffle(lessons)
        for lesson in lessons:
            _take(lesson, weights, squares)
    return weights


def packed(weights: Table) -> bytes:
    """A byte a weight."""
    steps = (max(-127, min(127, round(one / STEP))) for row in weights for one in row)
    return zlib.compress(bytes(step % 256 for step in steps), 9)


def _seen(example: Example) -> Seen:
    return features(normalise(example.text)), SORTS.index(example.sort)


def _joined(examples: Sequence[Example], chance: random.Random) -> Iterable[Example]:
    """Small talk before or after something else: the something decides."""
    small_talk = [one for one in examples if one.sort[0] == "none"]
    for one in chance.sample(examples, len(examples) // JOINED):
        pair = [one.text, chance.choice(small_talk).text]
        chance.shuffle(pair)
        yield Example(chance.choice([" ", ", ", ". "]).join(pair), one.sort, one.line)


def _take(lesson: Seen, weights: Table, squares: Table) -> None:
    seen, right = lesson
    for sort, likely in enumerate(softmax(scores(seen, weights))):
        error = likely - (sort == right)
        if abs(error) > TOO_SMALL:
            _correct(seen, error, weights[sort], squares[sort])


def _correct(
    seen: list[tuple[int, float]], error: float, row: list[float], square: list[float]
) -> None:
    for place, share in seen:
        slope = error * share + DECAY * row[place]
        square[place] += slope * slope
        row[place] -= PACE * slope / sqrt(square[place])
