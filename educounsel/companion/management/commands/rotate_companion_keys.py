from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from educounsel.companion.resealing import rewrite
from educounsel.companion.sealed import reseal


class Command(BaseCommand):
    help = "Seals every text under the newest key of COMPANION_KEYS. May be stopped and run again."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = rewrite(apps.get_models(), reseal)
        self.stdout.write(f"Sealed anew: {counts['changed']}")
        self.stdout.write(f"Under the newest key already: {counts['kept']}")
        if counts["lost"]:
            raise CommandError(
                f"{counts['lost']} cannot be opened by these keys, and stay as they are. Add the"
                " key that sealed them, and run this again."
            )
