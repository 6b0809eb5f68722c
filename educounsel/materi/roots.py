"""The root of an Indonesian word: what is left when its affixes are taken off.

As Nazief and Adriani do it: a form counts only when it is a known root, so that nothing is taken
off `makan` or `teman`. To their affixes come those of speech: `ngerjain`, `nulis`, `dibantuin`.
"""

import re
from collections.abc import Collection, Iterator

CLITICS = ("ku", "mu", "nya", "lah", "kah", "pun")
SUFFIXES = ("kan", "an", "i", "in", "ny", "q")
# What stands before a root, and the letters it may have swallowed there.
PREFIXES = {
    "di": "", "ke": "", "se": "", "te": "", "be": "", "pe": "", "me": "", "per": "", "ber": "",
    "ter": "", "mem": "p", "pem": "p", "men": "t", "pen": "t", "meng": "k", "peng": "k",
    "meny": "s", "peny": "s", "menge": "", "penge": "", "nge": "", "ng": "k", "ny": "sc", "n": "t",
    "m": "p", "bel": "", "pel": "", "memper": "", "diper": "", "keter": "", "keber": "",
    "pember": "", "pemer": "", "member": "", "kese": "", "menye": "", "penye": "",
}  # fmt: skip
# In Jakarta `ingat` is `inget`, `main` is `maen`, `pakai` is `pake`, `hilang` is `ilang`.
SPOKEN = (
    (re.compile(r"e([^aeiou]{1,2})$"), r"a\1"),
    (re.compile(r"ae"), "ai"),
    (re.compile(r"e$"), "ai"),
    (re.compile(r"o$"), "au"),
    (re.compile(r"^(?=[aiu])"), "h"),
)
LONGEST_PREFIX = 6
SHORTEST_ROOT = 3


def root_of(word: str, known: Collection[str]) -> str | None:
    """The known root with the fewest affixes around it; None when there is none."""
    forms = list(_forms(word))
    spoken = (sound.sub(written, form) for sound, written in SPOKEN for form in forms)
    return next((form for form in [*forms, *spoken] if form in known), None)


def _forms(word: str) -> Iterator[str]:
    """The word itself, then without what may stand after it, then without what stands before."""
    shorn = list(_without_endings(word))
    yield from shorn
    for form in shorn:
        yield from _without_beginning(form)


def _without_endings(word: str) -> Iterator[str]:
    bare = [word, *_without(word, CLITICS)]
    yield from bare
    for form in bare:
        yield from _without(form, SUFFIXES)


def _without(word: str, endings: tuple[str, ...]) -> Iterator[str]:
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_ROOT:
            yield word.removesuffix(ending)


def _without_beginning(word: str) -> Iterator[str]:
    for length in range(min(LONGEST_PREFIX, len(word) - SHORTEST_ROOT + 1), 0, -1):
        beginning, rest = word[:length], word[length:]
        if beginning in PREFIXES:
            yield from (swallowed + rest for swallowed in PREFIXES[beginning])
            if len(rest) >= SHORTEST_ROOT:
                yield rest
