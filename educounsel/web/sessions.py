"""Whose session a Cookie header carries, for what is served beside Django's own views."""

from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from itertools import batched

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


def session_key_in(cookies: str) -> str:
    """The session's key; empty when there is none."""
    try:
        morsel = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def user_of(session_key: str) -> AbstractBaseUser | None:
    """None for a session that ended, a password changed since, an account switched off.

    Asks the database: call it by threads.py, never from the event loop.
    """
    request = HttpRequest()
    request.session = SessionStore(session_key)
    user = get_user(request)
    return user if isinstance(user, AbstractBaseUser) else None


def standing_among(session_keys: Collection[str]) -> set[str]:
    """Which of these sessions have not ended: a question a thousand. Call it by threads.py.

    Their rows are asked for, whatever is copied elsewhere. Raises where they cannot be.
    """
    return {key for some in batched(session_keys, 1000) for key in _standing(some)}


def _standing(session_keys: Collection[str]) -> set[str]:
    there = Session.objects.filter(pk__in=session_keys, expire_date__gt=timezone.now())
    return set(there.values_list("pk", flat=True))
