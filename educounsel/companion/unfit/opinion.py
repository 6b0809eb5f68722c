"""The second opinion on a model's sentence: a small linear model, taught in training/."""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from math import exp, sqrt
from pathlib import Path
from zlib import crc32

from educounsel.companion.unfit.stems import stems

WEIGHTS = Path(__file__).with_name("opinion.weights")
# The file begins with the digest of what it was learnt from (training/lessons.py).
DIGEST_SIZE = 32
SIZE = 2**16
# A weight is kept in one byte, a step of this size.
STEP = 0.1
# How much each view may say; chosen on sentences that were not learnt from (training/README.md).
WORDS, DENIED, PIECES, ALWAYS = 1.0, 0.3, 0.8, 0.3
# One bad clause must not drown in a long sentence.
PASSAGE, STRIDE = 24, 12

_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*|[,;:.!?\"“”]")
_NO = frozenset(("tidak", "bukan", "jangan", "belum", "tanpa", "ora", "teu", "not", "no", "never"))
_CLAUSE_ENDS = frozenset((*",;:.!?", "tapi", "but", "padahal"))

type Features = list[tuple[int, float]]


def likely_unfit(words: str) -> float:
    """From 0 to 1, of a sentence in plain small letters."""
    return max(likelihood(features(part), _weights(), STEP) for part in _passages(words))


def _passages(words: str) -> Iterator[str]:
    said = words.split()
    yield words
    if len(said) > PASSAGE:
        for start in range(0, len(said) - STRIDE, STRIDE):
            yield " ".join(said[start : start + PASSAGE])


def likelihood(seen: Features, row: Sequence[float] | memoryview, step: float) -> float:
    return 1 / (1 + exp(-step * sum(row[place] * share for place, share in seen)))


def features(words: str) -> Features:
    """Places in a table of SIZE, each with its share."""
    said = [_NUMBER.sub("0", word) for word in _WORD.findall(words)]
    rooted = [part for word in said for part in stems(word)]
    return [
        *_shared(_phrases(rooted), WORDS),
        *_shared(_denied(rooted), DENIED),
        *_shared(_pieces(" ".join(said)), PIECES),
        *_shared(["#"], ALWAYS),
    ]


def _shared(names: Iterable[str], weight: float) -> Iterator[tuple[int, float]]:
    """A long sentence must not shout, nor a short one whisper."""
    distinct = sorted(set(names))
    share = weight / sqrt(max(len(distinct), 1))
    return ((crc32(name.encode()) % SIZE, share) for name in distinct)


def _phrases(said: list[str]) -> Iterator[str]:
    edged = ["^", *said, "$"]
    yield from said
    yield from map("_".join, pairwise(edged))
    yield from map("_*_".join, zip(said, said[2:], strict=False))


def _denied(said: list[str]) -> Iterator[str]:
    """Words behind a "no" of their clause, and those behind none: "tidak bisa jadi pacarmu"."""
    is_denied = False
    for word in said:
        is_denied = word not in _CLAUSE_ENDS and (is_denied or word in _NO)
        yield f"{'!' if is_denied else '+'}{word}"


def _pieces(text: str) -> Iterator[str]:
    spaced = f" {text} "
    for length in (3, 4, 5):
        for start in range(len(spaced) - length + 1):
            yield f"~{spaced[start : start + length]}"


@cache
def _weights() -> memoryview:
    return memoryview(zlib.decompress(WEIGHTS.read_bytes()[DIGEST_SIZE:])).cast("b")
