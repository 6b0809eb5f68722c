"""The parts that EduCounsel stands on here, and how each is asked whether it answers."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import redis
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from django_ox import stats
from django_ox.models import OxScheduleTick

from educounsel.server.redis_absence import PATIENCE

log = logging.getLogger(__name__)
LONGEST_WAIT = timedelta(minutes=1)
# Something is due each minute (schedule.py), and any worker that lives begins it.
LONGEST_SILENCE_OF_THE_CLOCK = timedelta(minutes=3)


class Away(Exception):
    """With a sentence for whoever keeps the server."""


@dataclass(frozen=True)
class Part:
    """`ask` says in a few words how the part is, and raises anything where it does not answer."""

    name: str
    ask: Callable[[], str]
    # Without it no page can be made. Of the others only some pages need something.
    is_needed: bool = True
    asks_database: bool = False

    def answers(self) -> bool:
        try:
            self.ask()
        except Exception as error:
            # Its kind alone: what it says may name what somebody wrote, or a secret.
            log.warning("The %s is away: %s", self.name, type(error).__name__)
            return False
        return True


def parts() -> list[Part]:
    return [
        Part("database", _database, asks_database=True),
        Part("sessions", lambda: _cache("sessions"), is_needed=False),
        Part("cache", lambda: _cache("default"), is_needed=False),
        Part("storage", _storage, is_needed=False),
        Part("queue", _queue, is_needed=False, asks_database=True),
    ]


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return connection.display_name


def _cache(alias: str) -> str:
    """Redis itself is asked: the cache goes on without it."""
    if not (address := settings.CACHES[alias].get("LOCATION")):
        return "in this process"
    with redis.Redis.from_url(str(address), **PATIENCE) as client:
        client.ping()
    return "Redis"


def _storage() -> str:
    default_storage.exists("is-it-there")
    return f"S3, {settings.S3_BUCKET}" if settings.S3_BUCKET else f"folder {settings.MEDIA_ROOT}"


def _queue() -> str:
    waited = stats.oldest_ready_age() or timedelta(0)
    if waited > LONGEST_WAIT:
        raise Away(f"A job has waited for {waited.total_seconds():.0f} s: does a worker run?")
    if (silence := _silence_of_the_clock()) > LONGEST_SILENCE_OF_THE_CLOCK:
        raise Away(f"Nothing was begun by the clock for {silence}: does a worker run?")
    return f"{stats.ready_count()} jobs wait"


def _silence_of_the_clock() -> timedelta:
    """Zero where no worker has ever run: what waits for the first one is seen above."""
    newest = OxScheduleTick.objects.order_by("-pk").first()
    since = timezone.now() - newest.created_at if newest else timedelta(0)
    return since - since % timedelta(seconds=1)
