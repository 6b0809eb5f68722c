"""Reads corpus/*.txt, the sentences that people wrote for the second opinion.

A heading is `[level category]` or `[word name]`. Below it stands one sentence a line; `{a|b|}` is
a choice and `<name>` one of the lines under that word heading. A line with choices stands for up
to VARIANTS sentences, drawn with a fixed seed.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("corpus")
VARIANTS = 7
_CHOICE = re.compile(r"\{([^{}]*)\}")
_NAMED = re.compile(r"<(\w+)>")


@dataclass(frozen=True)
class Example:
    """`hand` is the file it stands in."""

    text: str
    sort: tuple[str, str]
    hand: str


def examples() -> list[Example]:
    return [
        Example(text, (heading[0], heading[1]), hand)
        for hand, heading, line in _lines()
        if heading[0] != "word"
        for text in variants(line)
    ]


def variants(line: str) -> list[str]:
    """Distinct sentences of one line, in a fixed order."""
    chance = random.Random(line)  # noqa: S311 - the same draw on every machine
    drawn = (_drawn(line, chance) for _ in range(VARIANTS if _open(line) else 1))
    return list(dict.fromkeys(drawn))


def _open(line: str) -> bool:
    return "{" in line or "<" in line


def _drawn(line: str, chance: random.Random) -> str:
    line = _NAMED.sub(lambda name: chance.choice(_words()[name[1]]), line)
    while _CHOICE.search(line):
        line = _CHOICE.sub(lambda choice: chance.choice(choice[1].split("|")), line)
    return " ".join(line.split())


@cache
def _words() -> dict[str, list[str]]:
    words: dict[str, list[str]] = {}
    for _, heading, line in _lines():
        if heading[0] == "word":
            words.setdefault(heading[1], []).extend(line.split(" | "))
    return words


@cache
def _lines() -> list[tuple[str, list[str], str]]:
    return [line for path in sorted(FOLDER.glob("*.txt")) for line in _under_headings(path)]


def _under_headings(path: Path) -> Iterator[tuple[str, list[str], str]]:
    heading: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[]").split()
        elif line and not line.startswith("#"):
            yield path.stem, heading, line
