"""What must be so before a process serves anybody: a server does not start half-way."""

from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from educounsel.companion.resealing import notice_a_lost_key
from educounsel.demo.guard import refuse_demo_accounts
from educounsel.operations.parts import parts

NEEDED_IN_PRODUCTION = ("DATABASE_URL", "REDIS_URL", "S3_BUCKET")


def refuse_to_start_half_way() -> None:
    """Raises ImproperlyConfigured, with a line for each thing that is wrong."""
    if settings.PRODUCTION and (wrong := list(_what_is_wrong())):
        raise ImproperlyConfigured("\n".join(wrong))
    refuse_demo_accounts()
    notice_a_lost_key()


def _what_is_wrong() -> Iterator[str]:
    unset = [name for name in NEEDED_IN_PRODUCTION if not getattr(settings, name)]
    yield from (f"{name} is not set, and production needs it." for name in unset)
    if unset:
        return
    away = [part.name for part in parts() if part.is_needed and not part.answers()]
    yield from (f"The {name} does not answer. `manage.py doctor` says more." for name in away)
    if not away and is_behind():
        yield "The database is older than this release: run `manage.py migrate` first."


def is_behind() -> bool:
    """Whether a migration of this release is not applied. One that it does not know is newer."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
