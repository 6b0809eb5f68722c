from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from educounsel.accounts.models import User
from educounsel.notifications.delivery import bell_of


def bell(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    return {"bell": SimpleLazyObject(lambda: bell_of(user))}
