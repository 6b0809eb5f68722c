from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from educounsel.accounts.models import Role, User


class Command(BaseCommand):
    help = "Makes an admin the one who keeps the server, and so sees and retries failed jobs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--no-more", action="store_true", help="takes it back")

    def handle(self, *args: Any, email: str, no_more: bool, **options: Any) -> None:
        admins = User.objects.active().filter(role=Role.ADMIN, email__iexact=email)
        if not admins.update(keeps_server=not no_more):
            raise CommandError(f"There is no admin {email}.")
        self.stdout.write(f"{email} keeps the server{' no more' if no_more else ''}.")
