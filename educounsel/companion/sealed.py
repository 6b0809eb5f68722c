"""What children write, and what is written about them: sealed in the database. docs/adr/0008."""

import logging
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

log = logging.getLogger(__name__)
NOT_OPENED = "Pesan ini tidak bisa dibuka lagi."
# How every token begins until the year 2106: its version, and the first bytes of its time.
SEALED_BEGINS = "gAAAAA"


class Unopened(str):
    """Stands on the page where a text cannot be opened. Saved again, it leaves it as it is."""

    stored: str

    def __new__(cls, stored: str) -> "Unopened":
        sentence = super().__new__(cls, NOT_OPENED)
        sentence.stored = stored
        return sentence


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """An empty text stays empty. No query can look into it: read the rows and look in Python."""

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        prepared = super().get_db_prep_save(value, connection)
        return seal(prepared) if isinstance(prepared, str) else prepared

    def from_db_value(self, value: str | None, *context: Any) -> str | None:
        if value is None:
            return None
        try:
            return unseal(value)
        except InvalidToken:
            log.error("No key in COMPANION_KEYS opens a text of %s", self)
            return Unopened(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self} is sealed: a query for its words would find nothing.")

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self} is sealed: the database cannot read its words.")


def seal(text: str) -> str:
    if isinstance(text, Unopened):
        return text.stored
    return _keys().encrypt(text.encode()).decode() if text else text


def unseal(stored: str) -> str:
    """What no token begins is a plain text, of a release before texts were sealed.

    Raises InvalidToken: the key is missing, or the token is damaged.
    """
    return _keys().decrypt(stored).decode() if stored.startswith(SEALED_BEGINS) else stored


def reseal(stored: str) -> str:
    """Under the newest key, unchanged where it is so already. Raises InvalidToken."""
    if not stored.startswith(SEALED_BEGINS):
        return seal(stored)
    try:
        Fernet(settings.COMPANION_KEYS[0]).decrypt(stored)
    except InvalidToken:
        return _keys().rotate(stored).decode()
    return stored


def _keys() -> MultiFernet:
    return _those(*settings.COMPANION_KEYS)


@cache
def _those(*keys: str) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
