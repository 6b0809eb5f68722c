from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import BaseCommand, call_command
from django.db import connection

from educounsel.web.static_files import collect_if_changed

# Any number, the same for all who migrate.
LOCK = 7_203_411


class Command(BaseCommand):
    help = "Brings database and static files to this release, before its processes start."

    def handle(self, *args: Any, **options: Any) -> None:
        with _one_at_a_time():
            call_command("migrate", verbosity=0)
        collect_if_changed()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Several machines may begin one release at once: the later ones find nothing left to do."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
