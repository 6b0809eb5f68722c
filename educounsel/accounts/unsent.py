"""What somebody typed into a form that could not be taken: offered again, never lost.

A page is stale when its person has signed in again elsewhere (the CSRF token is new since then),
and signed out when the session ended meanwhile. The words travel in the bodies of forms alone:
they stand in no address, and nothing of them is kept here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.decorators.debug import sensitive_post_parameters

from educounsel.accounts.forms import SignInForm
from educounsel.web import views


def keeps_typed[View: Callable[..., Any]](**labels: str) -> Callable[[View], View]:
    """Names the fields of a form that a person types into, each with its label."""

    def mark(view: View) -> View:
        vars(view)["typed"] = labels
        return view

    return mark


@dataclass(frozen=True)
class Typed:
    name: str
    label: str
    words: str


@dataclass(frozen=True)
class Unsent:
    """A form that was sent to an address and not taken there."""

    address: str
    fields: QueryDict

    @classmethod
    def of(cls, request: HttpRequest) -> "Unsent | None":
        """None where nothing was typed, or where a page of another site has sent it."""
        if request.method != "POST" or not _is_from_here(request):
            return None
        if "unsent" in request.POST:
            form = cls(request.POST.get("unsent_to", ""), QueryDict(request.POST["unsent"]))
        else:
            form = cls(request.path, request.POST)
        return form if any(typed.words.strip() for typed in form.typed) else None

    @property
    def typed(self) -> list[Typed]:
        return [
            Typed(name, label, self.fields.get(name, "")) for name, label in self._labels.items()
        ]

    @property
    def token(self) -> str:
        return self.fields.get("csrfmiddlewaretoken", "")

    @property
    def rest(self) -> list[tuple[str, str]]:
        """What the page itself put there, or what was chosen."""
        typed = {*self._labels, "csrfmiddlewaretoken"}
        return [
            (name, value)
            for name, values in self.fields.lists()
            for value in values
            if name not in typed
        ]

    @property
    def encoded(self) -> str:
        return self.fields.urlencode()

    @property
    def _labels(self) -> dict[str, str]:
        try:
            view = resolve(self.address).func
        except Resolver404:
            return {}
        labels: dict[str, str] = getattr(view, "typed", {})
        return labels


def _is_from_here(request: HttpRequest) -> bool:
    """Every browser of today says with a form where it comes from."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


@sensitive_post_parameters()
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if unsent := Unsent.of(request):
        return offer_again(request, unsent, status=403)
    return render(request, "403_csrf.html", status=403)


@sensitive_post_parameters()
def server_error(request: HttpRequest) -> HttpResponse:
    """As web's own page. The form carries the token it came with: no part is asked for another."""
    return views.server_error(request, Unsent.of(request))


def offer_again(request: HttpRequest, unsent: Unsent, status: int = 200) -> HttpResponse:
    """Under a fresh token, to be read and sent by hand; who is signed out signs in first."""
    if request.user.is_authenticated:
        return render(request, "accounts/unsent.html", {"unsent": unsent}, status=status)
    page = {"form": SignInForm(), "next": unsent.address, "unsent": unsent}
    return render(request, "accounts/login.html", page, status=status)
