"""One pool of connections to Redis a process.

Django makes a cache for every context, and each request has a context of its own: without this,
each opened a connection of its own, and left it behind.
"""

from threading import Lock
from typing import Any, ClassVar, Self

from redis import ConnectionPool


class ProcessPool(ConnectionPool):
    _pools: ClassVar[dict[str, Any]] = {}
    _making: ClassVar[Lock] = Lock()

    @classmethod
    def from_url(cls, url: str, **options: Any) -> Self:
        with cls._making:
            if url not in cls._pools:
                cls._pools[url] = super().from_url(url, **options)
            return cls._pools[url]  # type: ignore[no-any-return]
