"""What a channel is given, and how it says that it could not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """All that leaves the house: no title, topic or name, and an address that asks for a login."""

    text: str  # what may stand on a locked screen
    path: str
    tag: str  # the same for the same piece of news
    unread_count: int
    is_urgent: bool = False


class TryLater(Exception):
    """The way is closed for now. `seconds` as the other side asked for, or 0."""

    def __init__(self, seconds: int = 0) -> None:
        super().__init__()
        self.seconds = seconds


class Unreachable(Exception):
    """This address is no more: trying again helps nobody."""
