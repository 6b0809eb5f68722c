"""A dump of PostgreSQL, by its own tools: `make test-production` has one."""

from tempfile import TemporaryFile

import pytest
from django.db import connection

from educounsel.operations.backups import databases

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="this is PostgreSQL's"),
]


def test_a_dump_may_take_longer_than_a_transaction_may_idle() -> None:
    say("SET idle_in_transaction_session_timeout = 1")  # ms; on AWS a minute
    with TemporaryFile() as to:
        counted = databases.dump(to)
        assert to.tell()
    say("RESET idle_in_transaction_session_timeout")
    assert counted == databases.rows()


def say(words: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(words)
