"""The hooks of django-ox that our wake-up stands on, and what the bell promises."""

import threading
from collections.abc import Iterator
from time import monotonic

import pytest
from django.db import transaction
from django.tasks import task
from django_ox.models import OxTask

from educounsel import jobs
from educounsel.jobs import BellInProcess, JobHost

ran: list[int] = []
has_run = threading.Event()


@task
def note(number: int) -> None:
    ran.append(number)
    has_run.set()


@task
def break_down() -> None:
    has_run.set()
    raise ValueError


@pytest.fixture
def host(transactional_db: None) -> Iterator[JobHost]:
    ran.clear()
    has_run.clear()
    host = JobHost(threads=2)
    host.start()
    yield host
    assert host.stop(seconds=10)


def test_a_job_saved_in_a_transaction_runs_after_its_commit(host: JobHost) -> None:
    with transaction.atomic():
        note.enqueue(1)
        assert not has_run.wait(0.2)
    assert has_run.wait(5)
    assert ran == [1]


def test_a_rolled_back_job_never_was(host: JobHost) -> None:
    with transaction.atomic():
        note.enqueue(1)
        transaction.set_rollback(True)
    note.enqueue(2)
    assert has_run.wait(5)
    assert ran == [2]


def test_a_bell_that_nobody_heard_costs_at_most_the_next_look(
    host: JobHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BellInProcess, "ring", lambda self: None)
    note.enqueue(3)
    assert has_run.wait(5)


def test_an_idle_worker_waits_at_the_bell_not_in_the_database(host: JobHost) -> None:
    """Ringing it wakes the worker: the wait ends long before LISTEN_SECONDS."""
    heard = threading.Event()
    original = jobs.bell.wait

    def wait() -> None:
        heard.set()
        original()

    jobs.bell.wait = wait  # type: ignore[method-assign]
    try:
        assert heard.wait(5)
    finally:
        jobs.bell.wait = original  # type: ignore[method-assign]


def test_a_job_that_fails_is_tried_again_and_keeps_its_traceback(host: JobHost) -> None:
    enqueued = break_down.enqueue()
    assert has_run.wait(5)
    deadline = monotonic() + 5
    row = OxTask.objects.get(pk=enqueued.id)
    while row.status == "RUNNING" and monotonic() < deadline:
        row.refresh_from_db()
    assert (row.status, row.attempts, row.max_attempts) == ("READY", 1, 3)
    assert "ValueError" in str(row.errors)


def test_a_host_that_was_stopped_leaves_no_thread_behind(transactional_db: None) -> None:
    host = JobHost(threads=1)
    host.start()
    assert host.is_alive()
    assert host.stop(seconds=10)
    assert not host.is_alive()
