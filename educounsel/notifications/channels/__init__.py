"""The ways out of the house, one module each; whether a person wants one is in preferences.py."""

from collections.abc import Collection
from typing import Protocol

from educounsel.notifications.channels import mail, web_push, whatsapp
from educounsel.notifications.channels.words import Words
from educounsel.notifications.models import Channel


class Way(Protocol):
    @property
    def NAME(self) -> Channel: ...  # noqa: N802

    def is_on(self) -> bool:
        """Whether this installation has what it needs."""

    def addresses_of(self, people: Collection[int]) -> dict[int, list[int]]:
        """Where each can be reached: primary keys that `send` understands."""

    def send(self, words: Words, address: int) -> None:
        """Raises TryLater or Unreachable."""


WAYS: tuple[Way, ...] = (web_push, mail, whatsapp)


def switched_on() -> list[Way]:
    return [way for way in WAYS if way.is_on()]


def is_on(name: str) -> bool:
    return name in {way.NAME for way in switched_on()}


def named(name: str) -> Way:
    return next(way for way in WAYS if name == way.NAME)
