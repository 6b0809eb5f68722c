import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from educounsel.accounts.models import Role, User
from educounsel.schools.models import TimeZone
from educounsel.schools.opening import open_school


class Command(BaseCommand):
    help = "Opens a school with its first admin, and prints a password to sign in with once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help='for example "SMP Negeri 3 Kupang"')
        parser.add_argument("email", help="of the admin, who signs in with it")
        parser.add_argument("--zone", choices=TimeZone.labels, default=TimeZone.WIB.label)

    def handle(self, *args: Any, name: str, email: str, zone: str, **options: Any) -> None:
        password = secrets.token_urlsafe(12)
        _refuse_typing_errors(name, email)
        try:
            with transaction.atomic():
                school = open_school(name, slugify(name), TimeZone[zone])
                User.objects.create_user(
                    password,
                    school=school,
                    role=Role.ADMIN,
                    name="Admin",
                    email=email,
                    must_choose_password=True,
                )
        except IntegrityError as error:
            raise CommandError(
                "There is a school of this name, or a person of this e-mail."
            ) from error
        self.stdout.write(f"{school} is open. Admin: {email}, first password: {password}")


def _refuse_typing_errors(name: str, email: str) -> None:
    if not slugify(name):
        raise CommandError("The school needs a name.")
    try:
        validate_email(email)
    except ValidationError as error:
        raise CommandError(f"Nobody can sign in with {email!r}: it is no e-mail.") from error
