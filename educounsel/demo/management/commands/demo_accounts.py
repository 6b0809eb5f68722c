import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from educounsel.accounts.models import User
from educounsel.demo.passwords import demo_password

SHOWN_A_ROLE = 2


class Command(BaseCommand):
    help = "Prints the demo accounts: role, school, name, login, password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="all of them, for a program")

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = [_account(user) for user in _demo_users()]
        if options["json"]:
            self.stdout.write(json.dumps(accounts, ensure_ascii=False, indent=2))
        elif accounts:
            self._print_table(accounts)

    def _print_table(self, accounts: list[dict[str, str]]) -> None:
        self.stdout.write("\nAkun demo (semuanya: manage.py demo_accounts --json)")
        for row in _some_of_each(accounts):
            self.stdout.write(
                f"  {row['role']:8} {row['login']:38} {row['password']:22} "
                f"{row['name']}, {row['school']}"
            )


def _demo_users() -> list[User]:
    return list(
        User.objects.filter(is_demo=True).select_related("school").order_by("school", "role", "pk")
    )


def _account(user: User) -> dict[str, str]:
    login = demo_login(user)
    return {
        "role": user.role,
        "school": user.school.name,
        "name": user.name,
        "login": login,
        "password": demo_password(login),
    }


def demo_login(user: User) -> str:
    """Students have a NISN, staff an e-mail."""
    return user.nisn or user.email or ""


def _some_of_each(accounts: list[dict[str, str]]) -> list[dict[str, str]]:
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    for account in accounts:
        groups.setdefault((account["school"], account["role"]), []).append(account)
    return [account for group in groups.values() for account in group[:SHOWN_A_ROLE]]
