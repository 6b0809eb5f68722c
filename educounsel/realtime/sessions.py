"""When a session ends, or its person changes, its sockets close.

Most ends are told (signals.py). For those that are not (a row deleted, a store emptied, a bulk
update, an expiry) all of this process are asked for every few seconds, with one question.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Collection

from educounsel.accounts.models import User
from educounsel.realtime.hub import Connection
from educounsel.realtime.protocol import TRY_AGAIN
from educounsel.server.threads import in_thread
from educounsel.web.sessions import standing_among, user_of

log = logging.getLogger(__name__)
FRESH_SECONDS = 5.0
ROUND_SECONDS = 3.0  # a socket outlives its session by 5 s at most
# What a session depends on, besides its own row.
WHAT_COUNTS = ("is_active", "school_id", "role", "password")

_checks: set[asyncio.Task[None]] = set()


def fingerprint(session_key: str) -> str:
    """What may travel between processes in place of the key."""
    return hashlib.sha256(session_key.encode()).hexdigest()


def person_of(session_key: str) -> User | None:
    """Nobody, too, before they have chosen a password of their own.

    Asks the session and the database: call it by threads.py.

    Raises where the store cannot be asked.
    """
    user = user_of(session_key)
    return user if isinstance(user, User) and not user.must_choose_password else None


def standing_of(person: User) -> int:
    """Another number once anything that a session depends on has changed."""
    return hash(tuple(getattr(person, name) for name in WHAT_COUNTS))


def end(connections: list[Connection], ended: str) -> None:
    for connection in connections:
        if fingerprint(connection.session_key) == ended:
            connection.close(TRY_AGAIN)


def check_soon(connections: Collection[Connection]) -> None:
    """Returns at once. Where nobody can be asked now, the next round asks again."""
    task = asyncio.get_running_loop().create_task(check(connections))
    _checks.add(task)  # the loop itself keeps only a weak reference
    task.add_done_callback(_checks.discard)


async def check_if_old(connection: Connection) -> None:
    """Before something new is allowed, unless it was just asked."""
    if time.monotonic() - connection.checked_at > FRESH_SECONDS:
        await check([connection])


async def check_all_the_time(everybody: Callable[[], list[Connection]]) -> None:
    """Runs until cancelled."""
    while True:
        await asyncio.sleep(ROUND_SECONDS)
        try:
            await check(everybody())
        except Exception as error:  # the database may be away; it is asked again
            log.warning("The sockets' sessions could not be asked for (%s)", type(error).__name__)


async def check(connections: Collection[Connection]) -> None:
    """Closes those whose session does not hold any more. Two questions, however many they are."""
    if not connections:
        return
    now = time.monotonic()
    holding = await in_thread(_holding, connections)
    for connection in connections:
        connection.checked_at = now
        if connection not in holding:
            connection.close(
                TRY_AGAIN
            )  # a new session of this browser, if there is one, comes back


def _holding(connections: Collection[Connection]) -> set[Connection]:
    there = standing_among({each.session_key for each in connections})
    people = User.objects.filter(pk__in={each.user_id for each in connections})
    rows = people.values_list("pk", *WHAT_COUNTS)
    standing = {pk: hash(tuple(what_counts)) for pk, *what_counts in rows}
    return {
        each
        for each in connections
        if each.session_key in there and standing.get(each.user_id) == each.standing
    }
