from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from educounsel.accounts.models import User
from educounsel.schools.help_card import help_card_for


def help_card(request: HttpRequest) -> dict[str, Any]:
    """The card stands in every student page itself: it opens without a network."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_student:
        return {}
    return {"help_card": SimpleLazyObject(lambda: help_card_for(user))}
