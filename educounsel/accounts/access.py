"""Who may open a page. A stranger signs in first; a signed-in person of another role gets 404."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, cast
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from educounsel.accounts.models import Role, User
from educounsel.accounts.unsent import Unsent, offer_again


class Request(HttpRequest):
    """A request of a signed-in person."""

    user: User
    htmx: HtmxDetails


def _to_login(request: HttpRequest) -> HttpResponseBase:
    """And back to the page the person was on, which for a form or a fragment is not its address;
    with the words of a form, where somebody typed them."""
    htmx = cast(Request, request).htmx
    if htmx:
        login = redirect_to_login(htmx.current_url_abs_path or "")
        return HttpResponseClientRedirect(login.url)
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path())
    if unsent := Unsent.of(request):
        return offer_again(request, unsent, status=403)
    return redirect_to_login(_path_of(request.headers.get("Referer", "")))


def _path_of(referer: str) -> str:
    return urlsplit(referer).path


type View[**P] = Callable[Concatenate[Request, P], HttpResponseBase]
type DjangoView[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def for_roles[**P](*roles: Role) -> Callable[[View[P]], DjangoView[P]]:
    """The page exists for these roles only."""

    def decorate(view: View[P]) -> DjangoView[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_login(request)
            person = cast(Request, request)
            if person.user.role not in roles:
                raise Http404
            return view(person, *args, **kwargs)

        return cast(DjangoView[P], guarded)

    return decorate


def for_students[**P](view: View[P]) -> DjangoView[P]:
    return for_roles(Role.STUDENT)(view)


def for_guru_bk[**P](view: View[P]) -> DjangoView[P]:
    return for_roles(Role.GURU_BK)(view)


def for_heads[**P](view: View[P]) -> DjangoView[P]:
    return for_roles(Role.HEAD)(view)


def for_everyone_signed_in[**P](view: View[P]) -> DjangoView[P]:
    return for_roles(*Role)(view)
