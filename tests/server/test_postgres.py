"""Connections that serve no more, on a real PostgreSQL."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import OperationalError, connection
from django.test import Client

from educounsel.operations import middleware
from educounsel.server.postgres import patience
from tests.cast import Cast
from tests.conftest import ClientOf

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="this is PostgreSQL's"),
]
# A server goes on with what nobody waits for.
NOBODY_SLEEPS_ON = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()
"""
database: Any = connection  # PostgreSQL's has a pool


@pytest.fixture(autouse=True)
def _another_connection() -> Iterator[None]:
    yield
    connection.close()
    say(NOBODY_SLEEPS_ON)
    connection.close()
    database.close_pool()


def say(words: str) -> tuple | None:
    with connection.cursor() as cursor:
        cursor.execute(words)
        return cursor.fetchone() if cursor.description else None


def process() -> tuple | None:
    return say("SELECT pg_backend_pid()")


def test_a_machine_that_vanishes_is_noticed_by_the_kernel() -> None:
    say("SELECT 1")
    given = connection.connection.info.get_parameters()
    waits = [name for name in given if name.startswith(("tcp_", "keepalives_", "connect_"))]
    assert {name: given[name] for name in waits} == {
        "connect_timeout": "3",
        "tcp_user_timeout": "5000",
        "keepalives_idle": "5",
        "keepalives_interval": "2",
        "keepalives_count": "2",
    }


def test_a_page_does_not_wait_for_a_database_that_says_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence = Mock(side_effect=lambda _: say("SELECT pg_sleep(60)"))
    monkeypatch.setattr("educounsel.web.views.static", silence)
    monkeypatch.setattr(middleware, "PAGE_SECONDS", 0.2)
    client.raise_request_exception = False
    answer = client.get("/sw.js")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_a_page_waits_once_for_a_database_that_is_away(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(cast.sari)
    client.raise_request_exception = False
    assert client.get("/student/notifications").status_code == 200
    connection.close()
    with monkeypatch.context() as away:
        connect = Mock(side_effect=OperationalError("away"))
        away.setattr(connection, "get_new_connection", connect)
        answer = client.get("/student/notifications")
    assert (answer.status_code, connect.call_count) == (503, 1)
    assert answer["Cache-Control"] == "private, no-store"


def test_with_nobody_waiting_an_answer_may_take_long() -> None:
    with patience(0.1):
        say("SELECT 1")
    say("SELECT pg_sleep(0.3)")


def test_a_connection_that_is_read_only_by_now_is_not_used_again() -> None:
    before = process()
    say("SET default_transaction_read_only = on")
    assert process() == before
    with pytest.raises(OperationalError):
        say("CREATE TABLE ours ()")
    connection.close()
    assert process() != before
    say("CREATE TEMPORARY TABLE ours ()")


def test_the_others_of_its_pool_end_with_it() -> None:
    say("SELECT 1")
    spare = database.pool.getconn()
    number = spare.info.backend_pid
    database.pool.putconn(spare)
    with patience(0.1), pytest.raises(OperationalError):
        say("SELECT pg_sleep(60)")
    connection.close()
    alive = say(f"SELECT count(*) FROM pg_stat_activity WHERE pid = {number}")
    assert alive == (0,)
