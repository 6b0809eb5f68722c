from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from educounsel.accounts.models import User
from educounsel.schools.help_card import help_card_for
from educounsel.schools.people import class_of


def school(request: HttpRequest) -> dict[str, Any]:
    """For students: their class, and the help card, which stands in every page of theirs itself,
    so that it opens without a network. Each is asked for only where a template shows it."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_student:
        return {}
    return {
        "class_group": SimpleLazyObject(lambda: class_of(user)),
        "help_card": SimpleLazyObject(lambda: help_card_for(user)),
    }
