"""When a session ends or changes, its sockets are asked again or closed."""

import asyncio
import hashlib

from educounsel.accounts.models import User
from educounsel.realtime.hub import Connection
from educounsel.realtime.protocol import TRY_AGAIN, channels_of
from educounsel.web.sessions import user_of
from educounsel.web.threads import in_thread

_rechecks: set[asyncio.Task[None]] = set()


def fingerprint(session_key: str) -> str:
    """What may travel between processes in place of the key."""
    return hashlib.sha256(session_key.encode()).hexdigest()


def person_of(session_key: str) -> User | None:
    """Asks the session and the database: call it by threads.py."""
    user = user_of(session_key)
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


async def _recheck(connection: Connection) -> None:
    person = await in_thread(person_of, connection.session_key)
    if person is None or channels_of(person) != connection.allowed:
        connection.close(TRY_AGAIN)  # a new session of this browser, if there is one, comes back
