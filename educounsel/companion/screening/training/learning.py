"""Multinomial logistic regression by AdaGrad, in plain Python: seeded, so always the same."""

import random
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import sqrt, sumprod
from multiprocessing import get_context
from operator import itemgetter

from educounsel.companion.screening.features import SIZE, features
from educounsel.companion.screening.normalise import normalise
from educounsel.companion.screening.opinion import SORTS, STEP, softmax
from educounsel.companion.screening.training.corpus import Example
from educounsel.companion.screening.training.misspelling import misspelt

ROUNDS = 3
# The mean of several courses forgets what only the order of the lessons taught.
COURSES = 3
PACE = 0.5
# Pulls every weight that is touched a little towards nought.
DECAY = 2e-3
# Students also say a serious thing in the middle of small talk, and misspell it.
JOINED, MISSPELT = 0.4, 0.3
# What only one lesson shows is chance.
OFTEN_ENOUGH = 2
TOO_SMALL = 0.02
SEED = 7

type Table = list[list[float]]
type Seen = tuple[list[tuple[int, float]], int]
# Courses are taken side by side: each process has the lessons here.
_lessons: list[Seen] = []


def learn(examples: Sequence[Example]) -> Table:
    """One row of weights for each sort."""
    lessons = _often_seen([_seen(one) for one in [*examples, *_made_harder(examples)]])
    # Not a fork: where this process has threads, its child may wait for a lock that nobody holds.
    with get_context("forkserver").Pool(COURSES, _hear, [lessons]) as side_by_side:
        courses = side_by_side.map(_course, range(COURSES))
    rows = zip(*courses, strict=True)
    return [[sum(each) / COURSES for each in zip(*row, strict=True)] for row in rows]


def _hear(lessons: list[Seen]) -> None:
    _lessons[:] = lessons


def packed(weights: Table) -> bytes:
    """A byte a weight."""
    steps = (max(-127, min(127, round(one / STEP))) for row in weights for one in row)
    return zlib.compress(bytes(step % 256 for step in steps), 9)


def _seen(example: Example) -> Seen:
    views = features(normalise(example.text))
    places = [(place, view.share) for view in views for place in view.places]
    return places, SORTS.index(example.sort)


def _often_seen(lessons: list[Seen]) -> list[Seen]:
    count = Counter(place for seen, _ in lessons for place, _ in seen)
    return [
        ([one for one in seen if count[one[0]] >= OFTEN_ENOUGH], right) for seen, right in lessons
    ]


def _made_harder(examples: Sequence[Example]) -> Iterator[Example]:
    chance = random.Random(SEED)  # noqa: S311 - the same lessons on every machine
    yield from _joined(examples, chance)
    for one in chance.sample(examples, round(len(examples) * MISSPELT)):
        yield Example(misspelt(one.text, chance), one.sort, one.hand)


def _joined(examples: Sequence[Example], chance: random.Random) -> Iterable[Example]:
    """Small talk before or after something else: the something decides."""
    small_talk = [one for one in examples if one.sort[0] == "none"]
    for one in chance.sample(examples, round(len(examples) * JOINED)):
        pair = [one.text, chance.choice(small_talk).text]
        chance.shuffle(pair)
        yield Example(chance.choice([" ", ", ", ". "]).join(pair), one.sort, one.hand)


def _course(number: int) -> Table:
    chance = random.Random(SEED + number)  # noqa: S311 - the same course on every machine
    order = list(_lessons)
    weights = [[0.0] * SIZE for _ in SORTS]
    squares = [[1e-3] * SIZE for _ in SORTS]
    for _ in range(ROUNDS):
        chance.shuffle(order)
        for lesson in order:
            _take(lesson, weights, squares)
    return weights


def _take(lesson: Seen, weights: Table, squares: Table) -> None:
    seen, right = lesson
    for sort, likely in enumerate(softmax(_scores(seen, weights))):
        error = likely - (sort == right)
        if abs(error) > TOO_SMALL:
            _correct(seen, error, weights[sort], squares[sort])


def _scores(seen: list[tuple[int, float]], weights: Table) -> list[float]:
    pick, shares = itemgetter(*(place for place, _ in seen)), [share for _, share in seen]
    return [sumprod(pick(row), shares) for row in weights]


def _correct(
    seen: list[tuple[int, float]], error: float, row: list[float], square: list[float]
) -> None:
    for place, share in seen:
        slope = error * share + DECAY * row[place]
        square[place] += slope * slope
        row[place] -= PACE * slope / sqrt(square[place])
