"""A model that reads its own rules out: they are told to it, not to students."""

import re
from functools import cache
from pathlib import Path

_PROMPTS = Path(__file__).parents[1] / "prompts"
# So many words in the order of the rules are no chance.
_IN_A_ROW = 8
# Who can read a message: a student who asks must get a true answer.
_MAY_BE_SAID = "-boleh-dikatakan"
_WORD = re.compile(r"\w+")


def recites_rules(words: str) -> bool:
    """Of plain small letters."""
    return not _rows(words).isdisjoint(_rules())


def _rows(text: str) -> set[tuple[str, ...]]:
    said = _WORD.findall(text.lower())
    return {tuple(said[start : start + _IN_A_ROW]) for start in range(len(said) - _IN_A_ROW + 1)}


@cache
def _rules() -> frozenset[tuple[str, ...]]:
    files = [file for file in _PROMPTS.glob("*.md") if not file.stem.endswith(_MAY_BE_SAID)]
    return frozenset(row for file in files for row in _rows(file.read_text(encoding="utf-8")))
