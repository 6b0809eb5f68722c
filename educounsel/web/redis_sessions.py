"""Sessions in Redis that outlive its absence.

Django's own store takes a Redis that does not answer for a session that ended: the page turns to
the login, and the browser is told to forget its session for good. Here the request fails instead
(views.server_error makes a 503 of it), and a minute later everybody is still signed in.
"""

from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.cache import SessionStore as CacheSessionStore
from django.core.cache import caches


class SessionStore(CacheSessionStore):
    def load(self) -> dict[str, Any]:
        """Raises RedisError where Redis does not answer."""
        found: dict[str, Any] | None = caches[settings.SESSION_CACHE_ALIAS].get(self.cache_key)
        if found is not None:
            return found
        self._session_key = None
        return {}
