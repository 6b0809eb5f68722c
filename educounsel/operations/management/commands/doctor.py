import sys
from typing import Any

from django.core.management import BaseCommand

from educounsel.operations.examination import examine_everything


class Command(BaseCommand):
    help = "Asks every part that EduCounsel stands on whether it really answers: a line each."
    # They ask a database that may be away; who serves and works makes them.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        answers = list(examine_everything())
        for name, is_well, words in answers:
            self.stdout.write(f"{'ok  ' if is_well else 'FAIL'} {name}: {words}")
        if not all(is_well for _, is_well, _ in answers):
            sys.exit(1)
