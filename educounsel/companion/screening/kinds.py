"""What kinds of things a message names, by kinds.txt, which people maintain."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from educounsel.companion.screening.normalise import normalise

_BOOK = Path(__file__).with_name("kinds.txt")
_LONGEST_PHRASE = 3
_ENDINGS = ("nya", "ku", "mu", "in", "kan", "an", "i", "ny", "lah", "e")
# What a prefix may have swallowed of the root: "nyilet" is silet, "mukul" is pukul.
_PREFIXES = (
    ("meng", ("", "k")),
    ("meny", ("s",)),
    ("mem", ("p", "b", "")),
    ("men", ("t", "d", "")),
    ("me", ("",)),
    ("nge", ("",)),
    ("ng", ("", "k")),
    ("ny", ("s", "c")),
    ("m", ("p", "b")),
    ("n", ("t", "d", "")),
    ("di", ("",)),
    ("ke", ("",)),
    ("ter", ("",)),
    ("ber", ("",)),
    ("be", ("",)),
    ("se", ("",)),
    ("peng", ("", "k")),
    ("peny", ("s",)),
    ("pem", ("b", "p")),
    ("pen", ("t", "d")),
    ("per", ("",)),
    ("pe", ("",)),
    ("ku", ("",)),
    ("tak", ("",)),
)
_SUFFERED = ("di", "ke", "ter")


@dataclass(frozen=True)
class Thing:
    """A word or phrase with its kinds; "hit<" is a blow that somebody took."""

    word: str
    kinds: tuple[str, ...]


def things(said: list[str]) -> list[Thing]:
    """The words of a normalised text in their order, known phrases as one."""
    found: list[Thing] = []
    start = 0
    while start < len(said):
        word = _phrase_at(said, start) or said[start]
        found.append(Thing(word, _kinds_of(word)))
        start += word.count(" ") + 1
    return found


def _phrase_at(said: list[str], start: int) -> str | None:
    for length in range(_LONGEST_PHRASE, 1, -1):
        phrase = " ".join(said[start : start + length])
        if phrase in _known() and start + length <= len(said):
            return phrase
    return None


@lru_cache(maxsize=20_000)
def _kinds_of(word: str) -> tuple[str, ...]:
    stems = list(_stems(word))
    for stem in stems:
        if stem in _known():
            return _known()[stem]
    for stem in stems:
        for prefix, root in _roots(stem):
            if root in _known():
                sign = "<" if prefix in _SUFFERED else ""
                return tuple(kind + sign for kind in _known()[root])
    return ()


def _stems(word: str) -> Iterator[str]:
    """The word, and what is left without one ending or two."""
    yield word
    once = [stem for ending in _ENDINGS if (stem := _without(word, ending))]
    yield from once
    yield from (stem for one in once for ending in _ENDINGS if (stem := _without(one, ending)))


def _without(word: str, ending: str) -> str:
    stem = word.removesuffix(ending)
    return stem if stem != word and len(stem) > 2 else ""


def _roots(stem: str) -> Iterator[tuple[str, str]]:
    for prefix, swallowed in _PREFIXES:
        rest = stem.removeprefix(prefix)
        if rest != stem:
            yield from ((prefix, letter + rest) for letter in swallowed if len(letter + rest) > 3)


@cache
def _known() -> dict[str, tuple[str, ...]]:
    """Word or phrase, as written and as normalised, to the kinds under which it stands."""
    known: dict[str, set[str]] = {}
    for line in _BOOK.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            kind, words = line.split(": ", 1)
            for word in words.split(", "):
                for form in (word, normalise(word)):
                    known.setdefault(form, set()).add(kind)
    return {word: tuple(sorted(kinds)) for word, kinds in known.items()}
