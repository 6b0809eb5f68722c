import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from educounsel.operations.backups.making import back_up
from educounsel.operations.backups.sealing import Refused, recipient


class Command(BaseCommand):
    help = "Writes database and files into one file, encrypted to BACKUP_RECIPIENT."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where the backup is put")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        signal.signal(signal.SIGTERM, _end)
        try:
            place, made = back_up(folder, recipient(settings.BACKUP_RECIPIENT))
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{place}: {sum(made.rows.values())} rows, {made.files} files.")
        self.stdout.write(
            "COMPANION_KEYS are not in it: without them no message in it can be read. Keep them"
            " apart from it."
        )


def _end(number: int, frame: object) -> NoReturn:
    """In order: what is not whole is taken away."""
    sys.exit(128 + number)
