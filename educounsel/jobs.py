"""Background work. Rows in the database are the truth; a bell makes a worker look at once.

Built on the documented hooks of django-ox: the `task_enqueued` signal, WORKER_CLASS and its
`claim_one`, `claim_filter_*` and `execute`. Why django-ox, and what was measured: docs/adr/0001.
"""

import logging
import threading
from contextlib import suppress
from typing import Any, Protocol

import redis
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver
from django.tasks.signals import task_enqueued
from django_ox import worker
from django_ox.models import OxTask
from django_ox.worker import Worker

from educounsel.operations.logs import way_of
from educounsel.server.redis_absence import PATIENCE, absence_of
from educounsel.set_back import shorten_leases_ahead, shorten_pauses_ahead
from educounsel.waiting_outside import BegunOutside

log = logging.getLogger(__name__)
LISTEN_SECONDS = 1.0
# How often a worker asks for jobs, and how long it waits where the database does not answer or
# cannot write: it says so each time, on a disk that may be the very one that is full.
LOOK_SECONDS, PAUSE_SECONDS = 0.05, 5.0


class Bell(Protocol):
    def ring(self) -> None: ...

    def wait(self) -> None:
        """Returns when the bell rings, or after LISTEN_SECONDS."""


class BellInProcess:
    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        self._rung.set()

    def wait(self) -> None:
        self._rung.wait(LISTEN_SECONDS)
        self._rung.clear()


class BellInRedis:
    """One ring wakes one worker process; that one takes what it can, the next ring the next."""

    KEY = "educounsel:jobs"

    def __init__(self, url: str) -> None:
        self._absence = absence_of(url)
        self._to_ring = redis.Redis.from_url(url, **PATIENCE)
        self._redis = redis.Redis.from_url(url, socket_timeout=LISTEN_SECONDS + 2)
        self._deaf = threading.Event()

    def ring(self) -> None:
        """Where Redis does not take it, the next poll finds the job."""
        with suppress(redis.RedisError):
            self._absence.ask(self._ring)

    def _ring(self) -> None:
        self._to_ring.lpush(self.KEY, 1)
        self._to_ring.ltrim(self.KEY, 0, 99)

    def wait(self) -> None:
        try:
            self._redis.blpop([self.KEY], timeout=LISTEN_SECONDS)
        except redis.RedisError:
            self._deaf.wait(LISTEN_SECONDS)


bell: Bell = BellInRedis(settings.REDIS_URL) if settings.REDIS_URL else BellInProcess()


@receiver(task_enqueued)
def ring_after_commit(**kwargs: Any) -> None:
    transaction.on_commit(bell.ring)


# A failed job keeps the kind and place of its error, and not the words, which somebody may have
# typed. The package has no hook for this; it is pinned, and a test notices when this is no more.
worker._stored_traceback = lambda exc: "\n".join(way_of(exc))


class AwakenedWorker(Worker):
    """Listens to the bell where the plain worker would sleep."""

    def __init__(self, **options: Any) -> None:
        # Asked often; the bell, not this interval, is where an idle worker waits.
        super().__init__(**options | {"poll_interval": LOOK_SECONDS, "reap_interval": 1.0})
        self._outside = BegunOutside(self.concurrency)
        self._full: list[str] = []

    def claim_one(self) -> OxTask | None:
        """While a queue is full no bell is waited for: none rings when one of its jobs ends."""
        task = self._claim_now()
        if task is None and not self._full and not self.stopping:
            bell.wait()
            task = None if self.stopping else self._claim_now()
        return task

    def _claim_now(self) -> OxTask | None:
        self._full = self._outside.full()
        self.poll_interval = PAUSE_SECONDS  # where the next line raises
        task = super().claim_one()
        self.poll_interval = LOOK_SECONDS
        if task:
            self._outside.begin(task)
        return task

    def claim_filter_q(self) -> Q | None:
        return ~Q(queue_name__in=self._full) if self._full else None

    def claim_filter_sql(self) -> tuple[str, dict[str, Any]]:
        """As claim_filter_q, for PostgreSQL."""
        sql = ' AND "queue_name" <> ALL(%(full)s)' if self._full else ""
        return sql, {"full": self._full} if self._full else {}

    def execute(self, db_task: OxTask, *, inline: bool = False) -> None:
        try:
            super().execute(db_task, inline=inline)
        finally:
            self._outside.end(db_task)

    def reap(self) -> int:
        self.poll_interval = PAUSE_SECONDS  # where one of the next lines raises
        shorten_leases_ahead(self.lock_timeout)
        shorten_pauses_ahead()
        reaped = super().reap()
        self.poll_interval = LOOK_SECONDS
        return reaped

    def request_stop(self) -> None:
        super().request_stop()
        bell.ring()


class JobHost:
    """Works on jobs in threads of this process, until told to stop."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._stopping = threading.Event()
        self._worker: AwakenedWorker | None = None
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Lets running jobs finish. False when one did not: another start takes it over."""
        self._stopping.set()
        if self._worker:
            self._worker.request_stop()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        """A worker ends by itself when it abandons a stuck job; then a new one takes its place."""
        while True:
            worker = self._next_worker()
            if self._stopping.is_set():
                return
            try:
                worker.run()
            except Exception:
                log.exception("The job worker stopped; starting another")
                self._stopping.wait(PAUSE_SECONDS)

    def _next_worker(self) -> AwakenedWorker:
        """Known to stop() before the loop asks whether to stop: one of the two sees the other."""
        self._worker = AwakenedWorker(concurrency=self._threads)
        return self._worker
