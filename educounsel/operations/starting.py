"""What must be so before a process serves anybody: a server does not start half-way."""

from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from educounsel.companion.resealing import notice_a_lost_key
from educounsel.demo.guard import refuse_demo_accounts
from educounsel.operations.parts import parts
from educounsel.operations.refusals import refusals

NEEDED_IN_PRODUCTION = ("ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "S3_BUCKET")
SHORTEST_SECRET = 32  # characters


def refuse_to_start_half_way() -> None:
    """Raises ImproperlyConfigured, with a line for each thing that is wrong."""
    if settings.PRODUCTION and (wrong := list(_what_is_wrong())):
        raise ImproperlyConfigured("\n".join(wrong))
    refuse_demo_accounts()
    notice_a_lost_key()


def _what_is_wrong() -> Iterator[str]:
    if wrong := list(_wrong_settings()):
        yield from wrong
        return
    yield from refusals()
    away = [part.name for part in parts() if part.is_needed and not part.answers()]
    yield from (f"The {name} does not answer. `manage.py doctor` says more." for name in away)
    if not away and is_behind():
        yield "The database is older than this release: run `manage.py migrate` first."


def _wrong_settings() -> Iterator[str]:
    for name in NEEDED_IN_PRODUCTION:
        if not getattr(settings, name):
            yield f"{name} is not set, and production needs it."
    if settings.DEBUG:
        yield "DEBUG is on: in production it would show our code and settings to strangers."
    if (length := len(settings.SECRET_KEY)) < SHORTEST_SECRET:
        yield (
            f"SECRET_KEY has {length} characters, and production needs {SHORTEST_SECRET} or more:"
            " take what `openssl rand -hex 32` writes."
        )


def is_behind() -> bool:
    """Whether a migration of this release is not applied. One that it does not know is newer."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
