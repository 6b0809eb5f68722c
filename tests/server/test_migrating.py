"""A release is prepared while people read: the change of a table holds nobody up behind it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import DatabaseError, connection, connections, transaction

from educounsel.schools.models import School
from educounsel.server import migrating

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="this is PostgreSQL's"),
]


class Changes:
    """In place of migrations: the change of a table in use. Counts how often it was tried."""

    def __init__(self) -> None:
        self.tried = 0
        self.before_each: Callable[[], object] = lambda: None

    def __call__(self, *words: Any, **options: Any) -> None:
        self.tried += 1
        self.before_each()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute('LOCK TABLE "schools_school" IN ACCESS EXCLUSIVE MODE')


@pytest.fixture
def changes(monkeypatch: pytest.MonkeyPatch) -> Changes:
    changes = Changes()
    monkeypatch.setattr(migrating, "call_command", changes)
    monkeypatch.setattr(migrating, "PATIENCE_MS", 200)
    monkeypatch.setattr(migrating, "PAUSE_SECONDS", 0.1)
    return changes


class Reader:
    """Somebody whose transaction goes on."""

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self._thread, self._open = thread, ExitStack()
        thread.submit(self._begin).result()

    def _begin(self) -> None:
        self._open.enter_context(transaction.atomic())
        School.objects.count()

    def _end(self) -> None:
        self._open.close()
        connections.close_all()

    def end(self) -> None:
        self._thread.submit(self._end).result()


def read_once() -> int:
    try:
        return School.objects.count()
    finally:
        connections.close_all()


def test_who_comes_meanwhile_reads_and_the_change_is_made_once_the_table_is_free(
    changes: Changes,
) -> None:
    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:
        reader = Reader(first)
        third_read = []

        def let_others_by() -> None:
            if changes.tried == 2:  # it has given way once
                third_read.append(second.submit(read_once).result())
            if changes.tried == 3:
                reader.end()

        changes.before_each = let_others_by
        migrating.migrate()
    assert (changes.tried, third_read) == (3, [0])


def test_a_table_that_is_never_free_ends_it_in_a_sentence(
    changes: Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "TRIES", 2)
    with ThreadPoolExecutor(1) as thread:
        reader = Reader(thread)
        with pytest.raises(CommandError, match="A table is in use all the time"):
            migrating.migrate()
        reader.end()
    assert changes.tried == 2


def test_what_else_fails_is_not_tried_again(changes: Changes) -> None:
    def fail() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    changes.before_each = fail
    with pytest.raises(DatabaseError):
        migrating.migrate()
    assert changes.tried == 1


def test_nothing_of_it_stays_on_the_connection(changes: Changes) -> None:
    migrating.migrate()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        assert cursor.fetchone() == ("0",)
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone() == (0,)
