from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from educounsel.accounts.models import User


class SchoolTimeMiddleware:
    """Every time on a page is the school's; everything stored stays UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        zone = user.school.zone if isinstance(user, User) else None
        with timezone.override(zone):
            return self.get_response(request)
