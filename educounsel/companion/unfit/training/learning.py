"""Logistic regression by AdaGrad, in plain Python: seeded, so always the same."""

import random
import zlib
from collections.abc import Sequence
from math import sqrt

from educounsel.companion.unfit.opinion import SIZE, STEP, Features, features, likelihood
from educounsel.companion.unfit.training.lessons import Lesson

ROUNDS = 4
# The mean of two courses forgets what only the order of the lessons taught.
COURSES = 2
PACE = 0.5
# Pulls every weight that is touched a little towards nought.
DECAY = 1e-3
TOO_SMALL = 0.02
SEED = 7


def learn(lessons: Sequence[Lesson]) -> list[float]:
    seen = [(features(lesson.words), lesson.is_unfit) for lesson in lessons]
    courses = [_course(seen, number) for number in range(COURSES)]
    return [sum(each) / COURSES for each in zip(*courses, strict=True)]


def packed(weights: Sequence[float]) -> bytes:
    """A byte a weight."""
    steps = (max(-127, min(127, round(one / STEP))) for one in weights)
    return zlib.compress(bytes(step % 256 for step in steps), 9)


def _course(seen: Sequence[tuple[Features, bool]], number: int) -> list[float]:
    chance = random.Random(SEED + number)  # noqa: S311 - the same course on every machine
    order = list(seen)
    weights, squares = [0.0] * SIZE, [1e-3] * SIZE
    for _ in range(ROUNDS):
        chance.shuffle(order)
        for lesson, is_unfit in order:
            error = likelihood(lesson, weights, 1.0) - is_unfit
            if abs(error) > TOO_SMALL:
                _correct(lesson, error, weights, squares)
    return weights


def _correct(lesson: Features, error: float, weights: list[float], squares: list[float]) -> None:
    for place, share in lesson:
        slope = error * share + DECAY * weights[place]
        squares[place] += slope * slope
        weights[place] -= PACE * slope / sqrt(squares[place])
