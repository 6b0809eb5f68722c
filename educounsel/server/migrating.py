"""Migrations beside the release that still serves: by one machine at a time, holding nobody up."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from educounsel.server.database_absence import absence

# Any number, the same for all who migrate.
LOCK = 7_203_411
# A table that waits to be changed lets nobody through: shorter than anybody waits for a page.
PATIENCE_MS, TRIES, PAUSE_SECONDS = 2_000, 30, 1.0


def migrate() -> None:
    """Raises CommandError where the database is away, or a table is never free."""
    if why := absence():
        raise CommandError(f"The database is away, and nothing was changed: {why}")
    if connection.vendor == "postgresql":
        with _one_at_a_time():
            _migrate_between_readers()
    else:
        call_command("migrate", verbosity=0)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Several machines may begin one release at once: the later ones find nothing left to do."""
    _do("SELECT pg_advisory_lock(%s)", LOCK)
    _do("SELECT set_config('lock_timeout', %s, false)", str(PATIENCE_MS))
    try:
        yield
    finally:
        _do("RESET lock_timeout")
        _do("SELECT pg_advisory_unlock(%s)", LOCK)


def _migrate_between_readers() -> None:
    """It asks for a busy table again and again, and lets those behind it through meanwhile. What
    was applied before stays: each is a transaction, or may be done twice."""
    for _ in range(TRIES):
        try:
            call_command("migrate", verbosity=0)
            return
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
        time.sleep(PAUSE_SECONDS)
    raise CommandError("A table is in use all the time: what reads it for so long? Nothing broke.")


def _do(statement: str, *values: int | str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
