from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

# Help is for everybody, and the shell shows nothing of anybody.
BEFORE_AN_OWN_PASSWORD = {"accounts:login", "accounts:password", "accounts:logout", "schools:help"}


class PrivatePagesMiddleware:
    """No cache keeps what a signed-in person sees: phones are shared, and have a back button."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # While the database is away who asks is not known, and nobody waits for it a second time.
        if response.status_code == 503 or request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class OwnPasswordMiddleware:
    """Whoever signed in with a password that somebody else has set chooses an own one first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        if not getattr(request.user, "must_choose_password", False) or _is_open(request):
            return None
        return redirect("accounts:password")


def _is_open(request: HttpRequest) -> bool:
    found = request.resolver_match
    return found is not None and (
        found.view_name in BEFORE_AN_OWN_PASSWORD or found.namespace == "web"
    )
