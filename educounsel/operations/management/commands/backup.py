from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from educounsel.operations.backups.making import back_up
from educounsel.operations.backups.sealing import Refused, recipient


class Command(BaseCommand):
    help = "Writes database and files into one file, encrypted to BACKUP_RECIPIENT."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where the backup is put")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            place, made = back_up(folder, recipient(settings.BACKUP_RECIPIENT))
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{place}: {sum(made.rows.values())} rows, {made.files} files.")
        self.stdout.write(
            "COMPANION_KEYS are not in it: without them no message in it can be read. Keep them"
            " apart from it."
        )
