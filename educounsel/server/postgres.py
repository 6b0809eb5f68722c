"""A connection to PostgreSQL that serves no more ends itself, and the pool makes another: one whose
server says nothing while a page waits, or is read-only by now, as a primary of before is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from psycopg import Connection, OperationalError
from psycopg.abc import PQGen
from psycopg.errors import (
    IdleInTransactionSessionTimeout,
    ReadOnlySqlTransaction,
    TransactionTimeout,
    _WaitTimeout,
)
from psycopg_pool import ConnectionPool

# The edge waits for 15 s. With nobody waiting, as in a job or a migration, an answer may take long.
PAGE_SECONDS = 8.0
ENDED = (ReadOnlySqlTransaction, IdleInTransactionSessionTimeout, TransactionTimeout, _WaitTimeout)
_patience: ContextVar[float | None] = ContextVar("patience", default=None)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """For each answer of the database."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


class EndingConnection(Connection[Any]):
    def wait[T](self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Raises OperationalError, as for a connection that broke: who asks again is answered."""
        try:
            return super().wait(gen, interval, _patience.get() if timeout is None else timeout)
        except ENDED as error:
            self._end()
            raise OperationalError(f"The connection has ended: {type(error).__name__}") from error

    def _end(self) -> None:
        """With all others of its pool: they lead to the same server."""
        self.close()
        if isinstance(self._pool, ConnectionPool):
            self._pool.drain()
