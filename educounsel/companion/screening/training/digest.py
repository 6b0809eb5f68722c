"""What the weights were learnt from, in one number: the sentences, the word lists and the code."""

from hashlib import sha256
from pathlib import Path

_SCREENING = Path(__file__).parents[1]
_READ = (
    *("*.txt", "book.py", "features.py", "kinds.py", "normalise.py"),
    *("training/corpus.py", "training/learning.py", "training/misspelling.py"),
    "training/corpus/*.txt",
)


def digest() -> bytes:
    """Changes when the weights have to be learnt again, or might have to be."""
    paths = sorted(path for pattern in _READ for path in _SCREENING.glob(pattern))
    parts = (path.name.encode() + path.read_bytes() for path in paths)
    return sha256(b"".join(parts)).digest()
