"""The hooks of django-ox that our wake-up stands on, and what the bell promises."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.tasks import default_task_backend, task
from django_ox.models import OxTask
from django_ox.worker import Worker

from educounsel import jobs
from educounsel.jobs import (
    LOOK_SECONDS,
    PAUSE_SECONDS,
    AwakenedWorker,
    BellInProcess,
    JobHost,
)

ran: list[int] = []
has_run = threading.Event()
let_go = threading.Event()


@task
def note(number: int) -> None:
    ran.append(number)
    has_run.set()


@task
def break_down() -> None:
    has_run.set()
    raise ValueError


@task
def never_end() -> None:
    while True:
        time.sleep(0.05)


@task
def never_end_nor_listen() -> None:
    """Its thread cannot be ended: it lives until the test says so."""
    while not let_go.is_set():
        with suppress(Exception):
            time.sleep(0.05)


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As the settings have it, but in less time."""
    for name in ("TASK_TIMEOUT", "TASK_TIMEOUT_GRACE"):
        assert default_task_backend.options[name] > 10
        monkeypatch.setitem(default_task_backend.options, name, 0.5)
    let_go.clear()
    yield
    let_go.set()


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
    assert has_run.wait(20)
    assert ran == [1]


def test_a_rolled_back_job_never_was(host: JobHost) -> None:
    with transaction.atomic():
        note.enqueue(1)
        transaction.set_rollback(True)
    note.enqueue(2)
    assert has_run.wait(20)
    assert ran == [2]


def test_a_bell_that_nobody_heard_costs_at_most_the_next_look(
    host: JobHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BellInProcess, "ring", lambda self: None)
    note.enqueue(3)
    assert has_run.wait(20)


def test_an_idle_worker_waits_at_the_bell_not_in_the_database(host: JobHost) -> None:
    """Ringing it wakes the worker: the wait ends long before LISTEN_SECONDS."""
    heard = threading.Event()
    original = jobs.bell.wait

    def wait() -> None:
        heard.set()
        original()

    jobs.bell.wait = wait  # type: ignore[method-assign]
    try:
        assert heard.wait(20)
    finally:
        jobs.bell.wait = original  # type: ignore[method-assign]


def test_a_job_that_fails_is_tried_again_and_keeps_its_traceback(host: JobHost) -> None:
    enqueued = break_down.enqueue()
    assert has_run.wait(20)
    deadline = monotonic() + 5
    row = OxTask.objects.get(pk=enqueued.id)
    while row.status == "RUNNING" and monotonic() < deadline:
        row.refresh_from_db()
    assert (row.status, row.attempts, row.max_attempts) == ("READY", 1, 3)
    assert "ValueError" in str(row.errors)


@pytest.mark.parametrize("poison", [never_end, never_end_nor_listen])
def test_jobs_that_never_end_are_failures_and_the_others_go_on(
    short_patience: None, host: JobHost, poison: Any
) -> None:
    """One for each thread. The last try of each is a dead letter."""
    poisoned = [poison.enqueue().id for _ in range(2)]
    rows = OxTask.objects.filter(pk__in=poisoned)
    wait_until(lambda: rows.filter(attempts=1).exclude(status="RUNNING").count() == 2)
    note.enqueue(4)
    assert has_run.wait(20)
    rows.update(max_attempts=1)
    wait_until(lambda: rows.filter(status="FAILED").count() == 2)
    assert all("TaskTimeout" in str(row.errors) for row in rows)


@pytest.mark.parametrize("step", ["reap", "claim_one"])
def test_where_the_database_cannot_write_a_worker_asks_seldom(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Every failure is a page in the log, on a disk that may be full."""
    failed = threading.Event()

    def fail(worker: Worker) -> None:
        failed.set()
        raise OperationalError("database or disk is full")

    worker = AwakenedWorker()
    with monkeypatch.context() as full:
        full.setattr(Worker, step, fail)
        running = threading.Thread(target=worker.run)
        running.start()
        assert failed.wait(20)
        worker.request_stop()
        running.join(20)
    assert worker.poll_interval == PAUSE_SECONDS
    worker.claim_one()
    assert worker.poll_interval == LOOK_SECONDS


def test_a_host_that_was_stopped_leaves_no_thread_behind(transactional_db: None) -> None:
    host = JobHost(threads=1)
    host.start()
    assert host.is_alive()
    assert host.stop(seconds=10)
    assert not host.is_alive()


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = monotonic() + seconds
    while not true():
        assert monotonic() < deadline
        threading.Event().wait(0.05)
