"""Says every few seconds how long the oldest job has waited: by this a fleet of workers grows.

A line in the log, from which whatever keeps the log counts (on AWS: infra/, queue.py). No job
itself: it is worth most when jobs are not done. While the database is away it says nothing, and
silence calls too.
"""

import logging
import threading
import time
from datetime import timedelta

from django.db import DatabaseError, close_old_connections
from django_ox import stats

log = logging.getLogger("educounsel.queue")
EVERY_SECONDS = 15.0


def keep_telling_queue_age() -> None:
    threading.Thread(target=_tell_for_ever, name="queue-age", daemon=True).start()


def _tell_for_ever() -> None:
    while True:
        tell_queue_age()
        close_old_connections()
        time.sleep(EVERY_SECONDS)


def tell_queue_age() -> None:
    try:
        waited = stats.oldest_ready_age() or timedelta(0)
    except DatabaseError:
        log.warning("The database did not say how long jobs wait")
        return
    seconds = round(waited.total_seconds(), 1)
    log.info("The oldest job waits", extra={"figures": {"queue_age_seconds": seconds}})
