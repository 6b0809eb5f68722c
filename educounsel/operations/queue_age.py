"""Says every few seconds how long the oldest job has waited, by which a fleet of workers grows, and
how many failed.

A line in the log, from which whatever keeps the log counts (on AWS: infra/, log_figures.py). No job
itself: it is worth most when jobs are not done. While the database is away it says nothing, and
silence calls too.
"""

import logging
import threading
import time
from datetime import timedelta

from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django_ox import stats

from educounsel.operations.models import FailedJob

log = logging.getLogger("educounsel.queue")
EVERY_SECONDS = 15.0
# After it an old failure that nobody can repair is no news, and the next one calls again.
NEWS = timedelta(days=1)


def keep_telling_queue_age() -> None:
    threading.Thread(target=_tell_for_ever, name="queue-age", daemon=True).start()


def _tell_for_ever() -> None:
    while True:
        tell_queue_age()
        close_old_connections()
        time.sleep(EVERY_SECONDS)


def tell_queue_age() -> None:
    try:
        figures = {"queue_age_seconds": _queue_age_seconds(), "failed_jobs": _failed_jobs()}
    except DatabaseError:
        log.warning("The database did not say how long jobs wait")
        return
    log.info("The oldest job waits", extra={"figures": figures})


def _queue_age_seconds() -> float:
    waited = stats.oldest_ready_age() or timedelta(0)
    return round(waited.total_seconds(), 1)


def _failed_jobs() -> int:
    """Those of the last day that nobody has run again."""
    return FailedJob.objects.filter(finished_at__gte=timezone.now() - NEWS).count()
