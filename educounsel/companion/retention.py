"""What is not kept for ever."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from educounsel.companion.conversations import remove
from educounsel.companion.models import Asking, Case, Conversation, Message, Refused, Share

TEMPORARY_FOR = timedelta(hours=2)


def forget_old_conversations() -> None:
    """Safe to run at any time and twice: for the schedule, every few minutes.

    A conversation that goes on loses its oldest messages; those of an open case stay with it.
    """
    now = timezone.now()
    since = now - timedelta(days=settings.COMPANION_KEEP_DAYS)
    Asking.objects.over().delete()
    Refused.objects.over().delete()
    Message.objects.filter(created_at__lt=since).not_of_an_open_case().delete()
    old = Q(updated_at__lt=since)
    over = Q(is_temporary=True, updated_at__lt=now - TEMPORARY_FOR)
    waited = Q(removed_at__isnull=False)
    for conversation in Conversation.objects.filter(old | over | waited).iterator():
        remove(conversation)


def forget_old_shares() -> None:
    """As long as a conversation, counted from when it was sent."""
    since = timezone.now() - timedelta(days=settings.COMPANION_KEEP_DAYS)
    Share.objects.filter(sent_at__lt=since).delete()


def forget_old_cases() -> None:
    """Counted from the day a person closed it: an open case never goes."""
    since = timezone.now() - timedelta(days=settings.COMPANION_KEEP_CASES_DAYS)
    Case.objects.filter(closed_at__lt=since).delete()
