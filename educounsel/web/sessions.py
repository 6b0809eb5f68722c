"""Whose session a Cookie header carries, for what is served beside Django's own views."""

from http.cookies import CookieError, SimpleCookie
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

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
