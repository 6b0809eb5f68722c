"""Indonesian as students type it, brought to the words that materi are written in."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

INDONESIAN = Path(__file__).with_name("indonesian")
WORD = re.compile(r"[a-z0-9]+")
STRETCHED = re.compile(r"([a-z])\1{2,}")
DOUBLED = re.compile(r"\b([a-z]{2,})2([a-z]*)\b")


def _read_slang() -> dict[str, str]:
    """Lines such as `tidak: gak ga nggak`: the word, then how it is typed."""
    lines = (INDONESIAN / "slang.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split(":") for line in lines]
    return {typed: word for word, forms in pairs for typed in forms.split()}


SLANG = _read_slang()
# They say nothing about what a text is about.
EMPTY = frozenset((INDONESIAN / "empty.txt").read_text(encoding="utf-8").split())


def words_in(text: str) -> list[str]:
    """The words that carry meaning, in order: `gmn biar ga deg2an` is `["deg", "degan"]`."""
    return [word for word in _plain(text) if word not in EMPTY and len(word) > 1]


def pieces_of(word: str) -> list[str]:
    """Four letters at a time: so `belajarnya` and a misspelt `belajr` still meet `belajar`."""
    framed = f"_{word}_"
    return [framed[i : i + 4] for i in range(len(framed) - 3)]


def _plain(text: str) -> Iterator[str]:
    text = unicodedata.normalize("NFKC", text).lower()
    text = DOUBLED.sub(r"\1 \1\2", STRETCHED.sub(r"\1", text))
    for word in WORD.findall(text):
        yield from SLANG.get(word, word).split()
