"""When a session ends or changes, its sockets are asked again or closed."""

import asyncio
import hashlib
import heapq
import logging
import math
import time
from collections.abc import Callable

from django.core.cache import cache

from educounsel.accounts.models import User
from educounsel.realtime.hub import Connection
from educounsel.realtime.protocol import TRY_AGAIN, channels_of
from educounsel.web.sessions import user_of
from educounsel.web.threads import in_thread

log = logging.getLogger(__name__)
FRESH_SECONDS = 5.0
ROUND_SECONDS = 60

_rechecks: set[asyncio.Task[None]] = set()


def fingerprint(session_key: str) -> str:
    """What may travel between processes in place of the key."""
    return hashlib.sha256(session_key.encode()).hexdigest()


def person_of(session_key: str) -> User | None:
    """Asks the session and the database: call it by threads.py.

    Raises where the store cannot be asked: Django would call everybody signed out then.
    """
    user = user_of(session_key)
    if user is None:
        cache.get("is-it-there")
    return user if isinstance(user, User) else None


def end(connections: list[Connection], ended: str) -> None:
    for connection in connections:
        if fingerprint(connection.session_key) == ended:
            connection.close(TRY_AGAIN)


def recheck(connections: list[Connection]) -> None:
    """Closes those whose session no longer holds. Returns at once; the loop does the work."""
    for connection in connections:
        task = asyncio.get_running_loop().create_task(_recheck(connection))
        _rechecks.add(task)  # the loop itself keeps only a weak reference
        task.add_done_callback(_rechecks.discard)


async def recheck_if_old(connection: Connection) -> None:
    """Before something new is allowed, unless it was just asked."""
    if time.monotonic() - connection.checked_at > FRESH_SECONDS:
        await _recheck(connection)


async def recheck_all_the_time(everybody: Callable[[], list[Connection]]) -> None:
    """A session can also expire, or vanish from its store, without anybody saying so.

    Each second the few that were not asked for the longest time, so that each is asked once in
    ROUND_SECONDS. Runs until cancelled.
    """
    while True:
        await asyncio.sleep(1)
        connections = everybody()
        share = math.ceil(len(connections) / ROUND_SECONDS)
        for connection in heapq.nsmallest(share, connections, key=lambda each: each.checked_at):
            try:
                await _recheck(connection)
            except Exception:  # the database may be away; it is asked again
                log.warning("A socket's session could not be asked for")


async def _recheck(connection: Connection) -> None:
    connection.checked_at = time.monotonic()
    person = await in_thread(person_of, connection.session_key)
    if person is None or channels_of(person) != connection.allowed:
        connection.close(TRY_AGAIN)  # a new session of this browser, if there is one, comes back
