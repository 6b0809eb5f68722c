"""What goes to a provider and what comes back, whichever of its APIs is spoken."""

from dataclasses import dataclass
from enum import Enum
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


def counted(usage: object, asked: str, answered: str) -> Tokens | None:
    """As the provider counted; None where it did not, whatever stands there in place of numbers."""
    counts = [getattr(usage, name, None) for name in (asked, answered)]
    whole = [count for count in counts if isinstance(count, int) and count >= 0]
    return Tokens(*whole) if len(whole) == len(counts) else None


class End(Enum):
    WHOLE = "the model said all it had to say"
    CUT_SHORT = "a limit or a filter of the provider broke in"


@dataclass(frozen=True)
class Piece:
    """What one event of a stream says: words, how the answer ended, what it took."""

    words: str = ""
    end: End | None = None
    tokens: Tokens | None = None
