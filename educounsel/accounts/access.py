"""Who may open a page. A stranger signs in first; a signed-in person of another role gets 404."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from educounsel.accounts.models import Role, User


class Request(HttpRequest):
    """A request of a signed-in person."""

    user: User
    htmx: HtmxDetails


type View[**P] = Callable[Concatenate[Request, P], HttpResponseBase]
type DjangoView[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def for_roles[**P](*roles: Role) -> Callable[[View[P]], DjangoView[P]]:
    """The page exists for these roles only."""

    def decorate(view: View[P]) -> DjangoView[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            person = cast(Request, request)
            if person.user.role not in roles:
                raise Http404
            return view(person, *args, **kwargs)

        return cast(DjangoView[P], login_required(guarded))

    return decorate


def for_students[**P](view: View[P]) -> DjangoView[P]:
    return for_roles(Role.STUDENT)(view)


def for_guru_bk[**P](view: View[P]) -> DjangoView[P]:
    return for_roles(Role.GURU_BK)(view)


def for_everyone_signed_in[**P](view: View[P]) -> DjangoView[P]:
    return for_roles(*Role)(view)
