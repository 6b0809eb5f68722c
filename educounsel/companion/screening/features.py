"""What the trained opinion looks at: words, their pairs and pieces, their kinds, the rules."""

from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise
from math import sqrt
from zlib import crc32

from educounsel.companion.screening.book import KINDS, rules, word_kinds

SIZE = 2**15
# Rules and kinds of words carry over to wordings nobody thought of, pieces of words only help.
WORDS, PIECES, MEANINGS = 1.0, 0.7, 1.0


def features(words: str) -> list[tuple[int, float]]:
    """Places in a table of SIZE, each with its weight, of a normalised text."""
    said = words.split()
    return [
        *_weighted(_phrases(said), WORDS),
        *_weighted(_pieces(words), PIECES),
        *_weighted(_meanings(words, said), MEANINGS),
    ]


def _weighted(names: Iterable[str], weight: float) -> Iterator[tuple[int, float]]:
    """A long message must not shout, nor a short one whisper."""
    distinct = sorted(set(names))
    share = weight / sqrt(max(len(distinct), 1))
    return ((crc32(name.encode()) % SIZE, share) for name in distinct)


def _phrases(said: list[str]) -> Iterator[str]:
    edged = ["^", *said, "$"]
    yield from said
    yield from map("_".join, pairwise(edged))
    yield from map("_*_".join, zip(said, said[2:], strict=False))


def _pieces(words: str) -> Iterator[str]:
    for length in (3, 4, 5):
        for start in range(len(words) - length + 1):
            yield f"~{words[start : start + length]}"


def _meanings(words: str, said: list[str]) -> Iterator[str]:
    yield "<any>"
    kinds = sorted({kind for word in said for kind in word_kinds(word)})
    yield from (f"<{kind}>" for kind in kinds)
    yield from (f"<{one}+{other}>" for one, other in combinations(kinds, 2))
    for rule in (rule for kind in KINDS for rule in rules(kind)):
        if rule.pattern.search(words):
            yield from (f"[{rule.kind}]", f"[{rule.kind} {rule.category}]", f"[{rule.name}]")
