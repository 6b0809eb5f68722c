"""What goes to a provider and what comes back, whichever of its APIs is spoken."""

from dataclasses import dataclass
from typing import Literal

LONGEST_ANSWER = 1000


@dataclass(frozen=True)
class Turn:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Tokens:
    asked: int
    answered: int


@dataclass(frozen=True)
class Piece:
    """What one event of a stream says: words, that the answer is whole, what it took."""

    words: str = ""
    is_end: bool = False
    tokens: Tokens | None = None
