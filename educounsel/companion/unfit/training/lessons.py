"""Reads corpus/*.txt, one sentence a line; `{a|b|}` is a choice.

What stands in a file whose name begins with "unfit" no model may say, the rest it may.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from educounsel.companion.screening.training.corpus import variants
from educounsel.companion.unfit.reading import plain

_UNFIT = Path(__file__).parents[1]
_READ = ("opinion.py", "reading.py", "stems.py", "training/lessons.py", "training/learning.py")
_DRAWN = "screening/training/corpus.py"


@dataclass(frozen=True)
class Lesson:
    """In plain small letters, with the file it stands in."""

    words: str
    is_unfit: bool
    hand: str


def lessons() -> list[Lesson]:
    return [lesson for path in _corpus() for lesson in _of(path)]


def _of(path: Path) -> Iterator[Lesson]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            for sentence in variants(line):
                yield Lesson(plain(sentence), path.stem.startswith("unfit"), path.stem)


def _corpus() -> list[Path]:
    return sorted(_UNFIT.glob("training/corpus/*.txt"))


def digest() -> bytes:
    """Changes when the weights have to be learnt again, or might have to be."""
    code = [_UNFIT / name for name in _READ]
    paths = [*code, _UNFIT.parent / _DRAWN, *_corpus()]
    return sha256(b"".join(path.name.encode() + path.read_bytes() for path in paths)).digest()
