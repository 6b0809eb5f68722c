import sys
from typing import Any

from django.core.management import BaseCommand

from educounsel.operations.examination import everything, examine


class Command(BaseCommand):
    help = "Asks every part that EduCounsel stands on whether it really answers: a line each."

    def handle(self, *args: Any, **options: Any) -> None:
        answers = [(part.name, *examine(part)) for part in everything()]
        for name, is_well, words in answers:
            self.stdout.write(f"{'ok  ' if is_well else 'FAIL'} {name}: {words}")
        if not all(is_well for _, is_well, _ in answers):
            sys.exit(1)
