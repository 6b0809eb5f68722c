from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from educounsel.demo.seed import seed
from educounsel.schools.models import School


class Command(BaseCommand):
    help = "Fills an empty database with two demo schools. Does nothing where a school exists."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION and not settings.DEMO:
            raise CommandError("Demo accounts have no place in production.")
        if not School.objects.exists():
            self.stdout.write("Membuat dua sekolah demo ...")
            seed()
