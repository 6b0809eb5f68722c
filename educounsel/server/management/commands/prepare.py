from typing import Any

from django.core.management import BaseCommand

from educounsel.server.migrating import migrate
from educounsel.server.static_files import collect_if_changed


class Command(BaseCommand):
    help = "Brings database and static files to this release, before its processes start."
    # They ask a database that may be away; who serves and works makes them.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        migrate()
        collect_if_changed()
