"""What the trained opinion looks at: words, their pieces and bones, the kinds of things, rules."""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise
from math import sqrt
from typing import NamedTuple
from zlib import crc32

from educounsel.companion.screening.book import Rule, every_rule, matching, word_kinds
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


class View(NamedTuple):
    """One way to look at a text: places in a table of SIZE, and what each of them may say."""

    places: list[int]
    share: float


def features(words: str, heard: Iterable[Rule] | None = None) -> list[View]:
    """Of a normalised text. `heard`: rules outside of which none is looked for."""
    said = words.split()
    named = things(said)
    return [
        _view(_phrases(said), WORDS),
        _view(_pieces(words), PIECES),
        _view(_bones(said), BONES),
        _view((f"<{kind}" for one in named for kind in one.kinds), NAMED),
        _view(_pairs(named), PAIRED),
        _view(_neighbours(named), BESIDE),
        _view(_rules(words, heard), RULES),
        _view(_shared_words(said), SHARED_WORDS),
        _view([f"#{min(len(said) // 4, 6)}"], LENGTH),
        _view(["#"], ALWAYS),
    ]


def _view(names: Iterable[str], weight: float) -> View:
    """A long message must not shout, nor a short one whisper."""
    places = [crc32(name.encode()) % SIZE for name in dict.fromkeys(names)]
    return View(places, weight / sqrt(max(len(places), 1)))


def _phrases(said: list[str]) -> Iterator[str]:
    edged = ["^", *said, "$"]
    yield from said
    yield from map("_".join, pairwise(edged))
    yield from map("_*_".join, zip(said, said[2:], strict=False))


def _pieces(words: str) -> Iterator[str]:
    spaced = f" {words} "
    for length in (3, 4, 5):
        starts = range(len(spaced) - length + 1)
        yield from [f"~{spaced[start : start + length]}" for start in starts]


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


def _rules(words: str, heard: Iterable[Rule] | None) -> Iterator[str]:
    for rule in matching(words, every_rule() if heard is None else heard):
        yield from (f"[{rule.kind}]", f"[{rule.kind} {rule.category}]", f"[{rule.name}]")


def _shared_words(said: list[str]) -> Iterator[str]:
    kinds = sorted({kind for word in said for kind in word_kinds(word)})
    yield from (f"<{kind}>" for kind in kinds)
    yield from (f"<{one}+{other}>" for one, other in combinations(kinds, 2))
