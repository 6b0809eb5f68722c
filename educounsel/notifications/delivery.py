"""What a page asks for when it opens, wakes up or hears a hint."""

from dataclasses import dataclass
from typing import Any

from educounsel.accounts.models import User
from educounsel.notifications.models import Notification
from educounsel.notifications.preferences import may_sound, sounding

MOST_AT_ONCE = 20


@dataclass(frozen=True)
class Bell:
    """What a page starts from: how many are unread, and after which id it asks for more."""

    unread_count: int
    latest_id: int


def bell_of(user: User) -> Bell:
    newest = Notification.objects.visible_to(user).with_bell().first()
    return _bell_on(newest) if newest else Bell(0, 0)


def _bell_on(row: Any) -> Bell:
    """Annotations are unknown to the type checker."""
    return Bell(row.unread_count, row.latest_id)


@dataclass(frozen=True)
class CatchUp:
    """What one person missed since an id, in order; `more` when it was too much to send."""

    notifications: list[Notification]
    bell: Bell
    more: bool


def catch_up(user: User, last_seen: int) -> CatchUp:
    """One query: the row that was seen last comes along, so that the bell does even without news.

    A later answer never holds a smaller id (notify.py), so that nothing is missed or told twice.
    """
    rows = Notification.objects.visible_to(user).with_bell().since(last_seen)
    found = list(rows[: MOST_AT_ONCE + 2])
    bell = _bell_on(found[0]) if found else bell_of(user)
    missed = [row for row in found if row.pk > last_seen]
    more = len(missed) > MOST_AT_ONCE
    return CatchUp([] if more else missed, bell, more)


def as_json(user: User, missed: CatchUp) -> dict[str, object]:
    """Whether something may sound now is said here: the server knows the school's clock."""
    sounds = sounding(user, missed.notifications)
    return {
        "unread_count": missed.bell.unread_count,
        "latest_id": missed.bell.latest_id,
        "more": missed.more,
        "may_sound": may_sound(user) if missed.more else bool(sounds),
        "notifications": [
            {
                "id": row.pk,
                "kind": row.kind,
                "title": row.title,
                "text": row.text,
                "url": row.url,
                "icon": row.icon,
                "is_urgent": row.is_urgent,
                "sounds": row.pk in sounds,
            }
            for row in missed.notifications
        ],
    }
