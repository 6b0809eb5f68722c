"""Redis may be away, and what it does for us can be done without: kept rows, a poll, a next look.

So nothing waits for it for long, and nothing waits for it again right after it was away: a student
in danger makes some ten calls with one message.
"""

import logging
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from redis import ConnectionError as Refused
from redis import RedisError
from redis import TimeoutError as Silence
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)
PAUSE_SECONDS = 1.0
# Of one that says nothing: each look at it costs somebody the second below.
PAUSE_AFTER_SILENCE_SECONDS = 5.0
# One more try, at once, where Redis was restarted: a connection of before is dead.
PATIENCE: dict[str, Any] = {
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "retry": Retry(NoBackoff(), 1, supported_errors=(Refused,)),
}


class Absence:
    """What this process knows of one Redis: until when it is not worth asking."""

    def __init__(self) -> None:
        self._ends_at = 0.0

    def ask[T](self, question: Callable[[], T]) -> T:
        """Raises RedisError; at once where Redis was away a moment ago."""
        if time.monotonic() < self._ends_at:
            raise RedisError("away a moment ago")
        try:
            return question()
        except RedisError as error:
            is_silent = isinstance(error, Silence)
            pause = PAUSE_AFTER_SILENCE_SECONDS if is_silent else PAUSE_SECONDS
            self._ends_at = time.monotonic() + pause
            log.warning("Redis is away (%s)", type(error).__name__)
            raise


@cache
def absence_of(address: str) -> Absence:
    """One for all that ask the same Redis."""
    return Absence()
