"""Sessions: a row each, and for some minutes a copy in Redis.

The row is the truth, so that nobody is signed out while Redis is away or has forgotten: a message
that means danger must find its student signed in. A session that is ended while Redis is away may
live on as a copy: for COPY_SECONDS at most, and only for who kept its key.
"""

from typing import Any

from django.conf import settings
from django.core.cache import BaseCache, caches

from educounsel.server import row_sessions

COPY_SECONDS = 300


class SessionStore(row_sessions.SessionStore):
    def load(self) -> dict[str, Any]:
        key = self.session_key
        copied: dict[str, Any] | None = _copies().get(_name(key)) if key else None
        if copied is not None:
            return copied
        session = super().load()
        if session and key:
            # Not over a newer one that another request has put there meanwhile.
            _copies().add(_name(key), session, COPY_SECONDS)
        return session

    def save(self, must_create: bool = False) -> None:
        super().save(must_create)
        if key := self.session_key:
            _copies().set(_name(key), self._session, COPY_SECONDS)  # type: ignore[attr-defined]

    def delete(self, session_key: str | None = None) -> None:
        super().delete(session_key)
        if key := session_key or self.session_key:
            _copies().delete(_name(key))


def _copies() -> BaseCache:
    return caches[settings.SESSION_CACHE_ALIAS]


def _name(key: str) -> str:
    return f"session:{key}"
