"""What a page asks for when it opens, wakes up or hears a hint."""

from dataclasses import dataclass

from django.db.models import Count, Max, Q

from educounsel.accounts.models import User
from educounsel.notifications.models import Notification

MOST_AT_ONCE = 20


@dataclass(frozen=True)
class Bell:
    """What a page starts from: how many are unread, and after which id it asks for more."""

    unread_count: int
    latest_id: int


def bell_of(user: User) -> Bell:
    numbers = Notification.objects.visible_to(user).aggregate(
        unread=Count("pk", filter=Q(read_at=None)), latest=Max("pk")
    )
    return Bell(unread_count=numbers["unread"], latest_id=numbers["latest"] or 0)


@dataclass(frozen=True)
class CatchUp:
    """What one person missed since an id, in order; `more` when it was too much to send."""

    notifications: list[Notification]
    bell: Bell
    more: bool


def catch_up(user: User, last_seen: int) -> CatchUp:
    bell = bell_of(user)  # before the rows: what comes in between is shown, never skipped
    missed = list(Notification.objects.visible_to(user).after(last_seen)[: MOST_AT_ONCE + 1])
    more = len(missed) > MOST_AT_ONCE
    return CatchUp([] if more else missed, bell, more)


def as_json(missed: CatchUp) -> dict[str, object]:
    return {
        "unread_count": missed.bell.unread_count,
        "latest_id": missed.bell.latest_id,
        "more": missed.more,
        "notifications": [
            {
                "id": row.pk,
                "kind": row.kind,
                "title": row.title,
                "text": row.text,
                "url": row.url,
                "icon": row.icon,
                "is_urgent": row.is_urgent,
            }
            for row in missed.notifications
        ],
    }
