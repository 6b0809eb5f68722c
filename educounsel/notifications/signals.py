"""A browser is woken up for a session, and no longer than the session lives."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from educounsel.accounts.models import User
from educounsel.notifications.channels.web_push import fingerprint, standing_of
from educounsel.notifications.models import PushSubscription


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None and request.session.session_key:
        session = fingerprint(request.session.session_key)
        PushSubscription.objects.filter(person=user, session=session).delete()


@receiver(post_save, sender=User)
def account_changed(instance: User, created: bool, **kwargs: Any) -> None:
    if not created:
        mine = PushSubscription.objects.filter(person=instance)
        mine.exclude(standing=standing_of(instance)).delete()
