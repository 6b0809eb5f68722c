from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from educounsel.accounts.models import User


class SchoolAccountBackend(BaseBackend):
    """Who a session belongs to. The signing in itself is sign_in.py's; nothing else may do it."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        return None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.active().select_related("school").filter(pk=user_id).first()
