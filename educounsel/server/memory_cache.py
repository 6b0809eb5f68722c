"""The cache in the memory of this process, whose entries age by a clock that nobody sets.

By the clock on the wall an hour set back would be an hour more for each of them: a provider that
was left alone for half a minute, and never asked.
"""

from time import monotonic
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache

# Whoever guesses passwords fills it too, and when it is full a third is thrown out.
MOST_ENTRIES = 10_000


class MemoryCache(LocMemCache):
    _expire_info: dict[str, float | None]

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(name, {"OPTIONS": {"MAX_ENTRIES": MOST_ENTRIES}} | params)

    def get_backend_timeout(self, timeout: Any = DEFAULT_TIMEOUT) -> float | None:
        seconds = self.default_timeout if timeout == DEFAULT_TIMEOUT else timeout
        return None if seconds is None else monotonic() + seconds

    def _has_expired(self, key: str) -> bool:
        ends = self._expire_info.get(key, -1)
        return ends is not None and ends <= monotonic()
