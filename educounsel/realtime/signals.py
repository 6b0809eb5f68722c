"""A session ends in many ways: logout, a new password, an account switched off, another role."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from educounsel.accounts.models import User
from educounsel.realtime import push


@receiver(post_save, sender=User)
def account_changed(
    instance: User, created: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    """Signing in writes down when, and changes nothing that a session depends on."""
    if not created and update_fields != frozenset({"last_login"}):
        push.recheck(instance.pk)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Sent while the session still exists: its sockets are closed without asking it."""
    session_key = request.session.session_key
    if user is not None and session_key:
        push.end_session(user.pk, session_key)
