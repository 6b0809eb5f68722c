from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from educounsel.operations.backups.restoring import restore
from educounsel.operations.backups.sealing import Refused


class Command(BaseCommand):
    help = "Brings a backup back into an empty database and an empty storage, after verifying it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path)
        parser.add_argument("--identity", type=Path, required=True, help="file of the private key")

    def handle(self, *args: Any, backup: Path, identity: Path, **options: Any) -> None:
        try:
            found = restore(backup, identity)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"Release {found.release}, made at {found.made_at}: {sum(found.rows.values())} rows in"
            f" {len(found.rows)} tables and {found.files} files are back, as many as were saved."
        )
        self.stdout.write(
            "Next: the COMPANION_KEYS of that time, `manage.py prepare`, `manage.py doctor`."
        )
