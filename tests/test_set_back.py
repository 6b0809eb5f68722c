"""A clock that was an hour ahead is set right: nothing waits for that hour to come round again."""

from collections.abc import Iterator
from datetime import timedelta
from time import monotonic

import pytest
from django.utils import timezone
from django_ox.models import OxScheduleTick, OxTask

from educounsel import housekeeping
from educounsel.jobs import AwakenedWorker, JobHost
from educounsel.schedule import SCHEDULES
from educounsel.set_back import shorten_leases_ahead, shorten_pauses_ahead

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LEASE_SECONDS = 12


@pytest.fixture
def host(transactional_db: None) -> Iterator[JobHost]:
    host = JobHost(threads=1)
    yield host
    assert host.stop(seconds=10)


def running(held_until: timedelta) -> OxTask:
    """A job that a worker holds so long from now."""
    row = OxTask.objects.get(pk=housekeeping.clear_sessions.enqueue().id)
    row.status, row.locked_by, row.attempts = OxTask.Status.RUNNING, "elsewhere-1", 1
    row.lease_expires_at = timezone.now() + held_until
    row.locked_at = row.lease_expires_at - timedelta(seconds=LEASE_SECONDS)
    row.save()
    return row


@pytest.mark.django_db
@pytest.mark.parametrize("held_until", [timedelta(seconds=11), timedelta(minutes=1)])
def test_a_lease_that_may_be_true_stays(held_until: timedelta) -> None:
    row = running(held_until)
    before = row.lease_expires_at
    shorten_leases_ahead(LEASE_SECONDS)
    row.refresh_from_db()
    assert row.lease_expires_at == before


@pytest.mark.django_db
def test_a_lease_of_an_hour_ahead_ends_as_if_taken_now() -> None:
    row = running(HOUR)
    shorten_leases_ahead(LEASE_SECONDS)
    row.refresh_from_db()
    assert row.lease_expires_at
    assert row.locked_at
    assert row.lease_expires_at - row.locked_at == timedelta(seconds=LEASE_SECONDS)
    assert abs(row.locked_at - timezone.now()) < timedelta(seconds=30)


def waiting(attempts: int, for_: timedelta) -> OxTask:
    """A job whose turn comes so long from now."""
    row = OxTask.objects.get(pk=housekeeping.clear_sessions.enqueue().id)
    row.attempts, row.run_after = attempts, timezone.now() + for_
    row.save()
    return row


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("attempts", "for_"), [(1, timedelta(seconds=30)), (0, HOUR)], ids=["a pause", "for later"]
)
def test_a_turn_that_may_be_meant_stays(attempts: int, for_: timedelta) -> None:
    row = waiting(attempts, for_)
    before = row.run_after
    shorten_pauses_ahead()
    row.refresh_from_db()
    assert row.run_after == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("for_", "is_mended"), [(timedelta(minutes=30), False), (HOUR + timedelta(seconds=10), True)]
)
def test_an_alert_to_be_sent_again_does_not_wait_for_the_hour(
    for_: timedelta, is_mended: bool
) -> None:
    """Each of its tries is a job of its own, which was never tried."""
    row = waiting(0, for_)
    OxTask.objects.filter(pk=row.pk).update(queue_name="urgent")
    shorten_pauses_ahead()
    row.refresh_from_db()
    assert row.run_after
    assert (row.run_after <= timezone.now()) is is_mended


@pytest.mark.timeout(60)
def test_the_next_try_does_not_wait_for_the_hour_to_come_round(host: JobHost) -> None:
    row = waiting(1, HOUR)
    host.start()
    deadline = monotonic() + 40
    while row.status != OxTask.Status.SUCCESSFUL and monotonic() < deadline:
        row.refresh_from_db()
    assert (row.status, row.attempts) == (OxTask.Status.SUCCESSFUL, 2)


@pytest.mark.timeout(60)
def test_a_job_of_a_dead_worker_is_taken_over_all_the_same(host: JobHost) -> None:
    row = running(HOUR)
    host.start()
    deadline = monotonic() + 40
    while row.status != OxTask.Status.SUCCESSFUL and monotonic() < deadline:
        row.refresh_from_db()
    assert (row.status, row.attempts) == (OxTask.Status.SUCCESSFUL, 2)


@pytest.mark.django_db
def test_a_schedule_does_not_wait_for_what_it_did_ahead() -> None:
    """The package sees to it; a test notices when it does so no more."""
    for name in SCHEDULES:
        for ahead in (-HOUR, HOUR):
            at = timezone.now() + ahead
            OxScheduleTick.objects.create(schedule_name=name, scheduled_for=at, created_at=at)
    AwakenedWorker().dispatch_schedules()
    begun = OxScheduleTick.objects.filter(task__isnull=False, scheduled_for__lte=timezone.now())
    every_minute = {name for name, how in SCHEDULES.items() if how.get("every") == MINUTE}
    assert every_minute <= set(begun.values_list("schedule_name", flat=True))
