"""Indonesian as students type it, brought to the words that materi are written in.

What it knows is in the folder `indonesian`, for people to add to: slang, roots, what means the
same, what says nothing, and what is asked elsewhere.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from pathlib import Path

from educounsel.materi.roots import root_of
from educounsel.materi.slips import Slips

INDONESIAN = Path(__file__).with_name("indonesian")
WORD = re.compile(r"[a-z0-9]+")
STRETCHED = re.compile(r"([a-z])\1{2,}")
DOUBLED = re.compile(r"\b([a-z]{2,})2([a-z]*)\b")
OWNER = re.compile(r"(ku|mu|nya)$")
# Shorter slang is known alone, never inside a longer word: `ama` is not the root of `namamu`.
LONG_ENOUGH = 4
LONGEST_PHRASE = 3
# So many other words may stand inside a phrase.
BETWEEN = 1
WORDS_IN_MEMORY = 50_000

type Phrase = tuple[str, ...]


def words_in(text: str) -> list[str]:
    """The roots of its words: `gmn biar ga deg2an` is `bagaimana biar tidak deg degan`."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = DOUBLED.sub(r"\1 \1\2", STRETCHED.sub(r"\1", text))
    return list(_once([root for word in WORD.findall(text) for root in _roots(word)]))


def telling(words: Iterable[str]) -> list[str]:
    """Those that say by themselves what a text is about."""
    return [word for word in words if word not in EMPTY and len(word) > 1]


def meanings_in(words: Iterable[str]) -> Iterator[tuple[Phrase, str, float]]:
    """Each phrase that means something, with what it means and how clearly: 1.0 is one thing."""
    words = [word for word in words if word not in EMPTY or word in IN_PHRASES]
    for phrase in dict.fromkeys(_phrases(words)):
        meanings = MEANINGS.get(phrase, ())
        yield from ((phrase, meaning, len(meanings) ** -0.5) for meaning in meanings)


def _phrases(words: Sequence[str]) -> Iterator[Phrase]:
    """Also those with another word in between: `takut banget ngomong` is `takut ngomong`."""
    for start, word in enumerate(words):
        if word in FIRST_OF_PHRASES:
            for length in range(LONGEST_PHRASE):
                following = words[start + 1 : start + 1 + length + BETWEEN] if length else []
                yield from ((word, *rest) for rest in combinations(following, length))


def _once(words: Sequence[str]) -> Iterator[str]:
    """`teman-teman` are `teman`."""
    for before, word in zip(["", *words], words, strict=False):
        if word != before:
            yield word


@lru_cache(WORDS_IN_MEMORY)
def _roots(word: str) -> Phrase:
    root = word if word in SLANG or word in EMPTY else root_of(word, KNOWN) or _slipped(word)
    meant = SLANG.get(root, root).split()
    return tuple(one if one in EMPTY else root_of(one, ROOTS) or one for one in meant)


def _slipped(word: str) -> str:
    """A word may still be somebody's, `tmnku`; any other unknown word may be a slip."""
    bare = OWNER.sub("", word)
    if bare in SLANG or bare in IN_MEANINGS:
        return bare
    return word if word in LISTED else SLIPS.meant_by(word) or word


def _lines(name: str) -> list[str]:
    return (INDONESIAN / name).read_text(encoding="utf-8").splitlines()


def _read_slang() -> dict[str, str]:
    """Lines such as `tidak: gak ga nggak`: the word, then how it is typed."""
    pairs = [line.split(":") for line in _lines("slang.txt")]
    return {typed: word for word, forms in pairs for typed in forms.split()}


def _read_meanings() -> dict[Phrase, list[str]]:
    """Lines such as `cemas: gelisah, deg degan`: what is meant, then how else it is said."""
    meanings: defaultdict[Phrase, list[str]] = defaultdict(list)
    for line in _lines("meanings.txt"):
        meaning, others = line.split(":")
        phrases = (tuple(words_in(said)) for said in [meaning, *others.split(",")])
        for phrase in dict.fromkeys(phrases):
            if len(phrase) > 1 or not EMPTY.issuperset(phrase):
                meanings[phrase].append(meaning)
    return dict(meanings)


SLANG = _read_slang()
ROOTS = frozenset(" ".join(_lines("roots.txt")).split())
# They say nothing about what a text is about.
EMPTY = frozenset(" ".join(_lines("empty.txt")).split())
KNOWN = ROOTS.union(
    (word for meant in SLANG.values() for word in meant.split()),
    (word for word in EMPTY | SLANG.keys() if len(word) >= LONG_ENOUGH),
)
IN_MEANINGS = frozenset(WORD.findall(" ".join(_lines("meanings.txt"))))
LISTED = IN_MEANINGS.union(" ".join(_lines("elsewhere.txt")).split())
LEXICON = KNOWN | LISTED
# A slip leads to what guidance speaks of, never away from it.
SLIPS = Slips(KNOWN | IN_MEANINGS)
MEANINGS = _read_meanings()
IN_PHRASES = frozenset(word for phrase in MEANINGS for word in phrase)
FIRST_OF_PHRASES = frozenset(phrase[0] for phrase in MEANINGS)
# What guidance is not asked: who won, what it costs, when the train leaves.
ELSEWHERE = frozenset(words_in(" ".join(_lines("elsewhere.txt"))))
