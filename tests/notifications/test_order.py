"""A client says the last id it saw and never looks back: no smaller one may appear later."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from educounsel.notifications.delivery import MOST_AT_ONCE, bell_of, catch_up
from educounsel.notifications.models import Notification
from educounsel.notifications.notify import Notice, notify
from tests.cast import Cast, make_cast
from tests.conftest import ClientOf, CountQueries

on_postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"
)


class Example(Notice):
    kind = "contoh"
    label = "Contoh"
    icon = "book"
    on_locked_screen = "Ada kabar"
    roles = frozenset()  # on no page of preferences


def about(number: int) -> Example:
    return Example(subject=f"contoh:{number}", title=f"Kabar {number}", url="/")


@pytest.fixture
def committed_cast(transactional_db: None) -> Cast:
    """Rows that the connections of other threads see too."""
    return make_cast()


@contextmanager
def elsewhere() -> Iterator[Callable[..., Future[int]]]:
    """Work on a connection of its own."""

    def run(work: Callable[..., int], *args: object) -> int:
        try:
            return work(*args)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        yield lambda work, *args: thread.submit(run, work, *args)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone() is not None


@on_postgresql
def test_an_id_that_is_committed_late_is_not_missed(committed_cast: Cast) -> None:
    """Two tell Sari at once. The first takes its id first, and commits when the page has asked."""
    sari = committed_cast.sari
    written, asked = Event(), Event()

    def tell_slowly() -> int:
        with transaction.atomic():
            notify([sari.pk], about(1))
            written.set()
            assert asked.wait(10)
        return 1

    with elsewhere() as first, elsewhere() as second:
        slow = first(tell_slowly)
        assert written.wait(10)
        quick = second(notify, [sari.pk], about(2))
        while not (quick.done() or somebody_waits()):
            pass
        before = catch_up(sari, 0)
        asked.set()
        slow.result(10)
        quick.result(10)
    after = catch_up(sari, before.bell.latest_id)
    heard = [row.title for row in before.notifications + after.notifications]
    assert heard == ["Kabar 1", "Kabar 2"]


@on_postgresql
def test_another_school_does_not_wait(committed_cast: Cast) -> None:
    with transaction.atomic(), elsewhere() as other:
        notify([committed_cast.sari.pk], about(1))
        assert other(notify, [committed_cast.tia.pk], about(1)).result(10) == 1


def test_what_was_missed_comes_in_order_and_once(cast: Cast) -> None:
    for number in range(5):
        notify([cast.sari.pk], about(number))
    seen = 0
    heard = []
    while news := catch_up(cast.sari, seen).notifications[:2]:
        heard += [row.title for row in news]
        seen = news[-1].pk
    assert heard == [f"Kabar {number}" for number in range(5)]


def test_too_much_is_one_summary_and_then_it_goes_on(cast: Cast) -> None:
    for number in range(MOST_AT_ONCE + 1):
        notify([cast.sari.pk], about(number))
    flood = catch_up(cast.sari, 0)
    assert (flood.notifications, flood.more) == ([], True)
    notify([cast.sari.pk], about(99))
    (news,) = catch_up(cast.sari, flood.bell.latest_id).notifications
    assert news.title == "Kabar 99"


def test_the_bell_is_right_when_nothing_is_new(cast: Cast) -> None:
    notify([cast.sari.pk], about(1))
    notify([cast.sari.pk], about(2))
    Notification.objects.filter(subject="contoh:1").mark_read()
    latest = bell_of(cast.sari).latest_id
    assert catch_up(cast.sari, latest).bell == bell_of(cast.sari)
    assert bell_of(cast.sari).unread_count == 1


def test_a_page_that_saw_what_a_restored_database_lost_starts_from_what_is_there(
    cast: Cast,
) -> None:
    notify([cast.sari.pk], about(1))
    assert catch_up(cast.sari, 10**9).bell == bell_of(cast.sari)


def test_a_page_that_returns_costs_one_query_of_its_own(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    for number in range(3):
        notify([cast.sari.pk], about(number))
    latest = bell_of(cast.sari).latest_id
    client = client_of(cast.sari)
    signed_in = 1 if settings.REDIS_URL else 2  # the person, and the session where it is a row
    assert count_queries(client, f"/notifications/feed?after={latest}") == signed_in + 1
    and_wishes = 1  # may it sound: asked only when there is news
    asked = count_queries(client, f"/notifications/feed?after={latest - 2}")
    assert asked == signed_in + 1 + and_wishes


@on_postgresql
def test_the_query_of_a_page_that_returns_reads_its_own_rows_only(cast: Cast) -> None:
    notify([cast.sari.pk], about(1))
    seen = bell_of(cast.sari).latest_id
    many = [about(number).row for number in range(5_000)]
    for row in many:
        row.recipient = cast.dodi
    Notification.objects.bulk_create(many)
    Notification.objects.filter(recipient=cast.dodi).update(read_at=F("created_at"))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_notification")
    news = Notification.objects.visible_to(cast.sari).with_bell().since(seen)
    plan = news[: MOST_AT_ONCE + 2].explain()
    assert "Seq Scan" not in plan
    assert plan.count("Index") >= 3
