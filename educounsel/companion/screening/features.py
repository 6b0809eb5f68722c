"""What the trained opinion looks at: words, their pieces and bones, the kinds of things, rules."""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise
from math import sqrt
from zlib import crc32

from educounsel.companion.screening.book import KINDS, rules, word_kinds
from educounsel.companion.screening.kinds import Thing, things

SIZE = 2**16
# How much each view may say; chosen on hands that were not learnt from (training/README.md).
WORDS, PIECES, BONES = 1.0, 0.7, 0.5
NAMED, PAIRED, BESIDE = 0.7, 0.7, 0.7
RULES, SHARED_WORDS = 0.6, 0.5
LENGTH, ALWAYS = 0.2, 0.3
# How far apart two things may stand to be a pair, or a word and a thing.
REACH, ARM = 4, 3
SENTENCE_END = "|"
_VOWELS = re.compile("[aiueo]")
_TWICE = re.compile(r"(.)\1+")


def features(words: str) -> list[tuple[int, float]]:
    """Places in a table of SIZE, each with its weight, of a normalised text."""
    said = words.split()
    named = things(said)
    return [
        *_weighted(_phrases(said), WORDS),
        *_weighted(_pieces(words), PIECES),
        *_weighted(_bones(said), BONES),
        *_weighted((f"<{kind}" for one in named for kind in one.kinds), NAMED),
        *_weighted(_pairs(named), PAIRED),
        *_weighted(_neighbours(named), BESIDE),
        *_weighted(_rules(words), RULES),
        *_weighted(_shared_words(said), SHARED_WORDS),
        *_weighted([f"#{min(len(said) // 4, 6)}"], LENGTH),
        *_weighted(["#"], ALWAYS),
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
    spaced = f" {words} "
    for length in (3, 4, 5):
        for start in range(len(spaced) - length + 1):
            yield f"~{spaced[start : start + length]}"


def _bones(said: list[str]) -> Iterator[str]:
    """Consonants stay where vowels are left out or differ from place to place: bnh, mt."""
    bare = [_bare(word) for word in said if word != SENTENCE_END]
    yield from (f"%{bone}" for bone in bare if len(bone) > 1)
    yield from (f"%{one}_{other}" for one, other in pairwise(["^", *bare, "$"]))


def _bare(word: str) -> str:
    return _TWICE.sub(r"\1", _VOWELS.sub("", word)) or word[:1]


def _pairs(named: list[Thing]) -> Iterator[str]:
    """ "parent>hit" is not "hit>parent"."""
    for one, other in _near(named, REACH):
        yield from (f"<{kind}>{after}" for kind in one.kinds for after in other.kinds)


def _neighbours(named: list[Thing]) -> Iterator[str]:
    for one, other in _near(named, ARM):
        yield from (f"<{kind}>{other.word}" for kind in one.kinds)
        yield from (f"<{one.word}>{kind}" for kind in other.kinds)


def _near(named: list[Thing], reach: int) -> Iterator[tuple[Thing, Thing]]:
    """Both within one sentence."""
    for start, one in enumerate(named, start=1):
        for other in named[start : start + reach]:
            if other.word == SENTENCE_END:
                break
            yield one, other


def _rules(words: str) -> Iterator[str]:
    for rule in (rule for kind in KINDS for rule in rules(kind)):
        if rule.pattern.search(words):
            yield from (f"[{rule.kind}]", f"[{rule.kind} {rule.category}]", f"[{rule.name}]")


def _shared_words(said: list[str]) -> Iterator[str]:
    kinds = sorted({kind for word in said for kind in word_kinds(word)})
    yield from (f"<{kind}>" for kind in kinds)
    yield from (f"<{one}+{other}>" for one, other in combinations(kinds, 2))
