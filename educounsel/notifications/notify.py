"""NOTIFICATIONS: the one door through which anybody is told anything."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import batched
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet

from educounsel.accounts.models import Role
from educounsel.notifications.models import Notification
from educounsel.realtime import push

BATCH = 2000


@dataclass(frozen=True)
class Notice:
    """What is told. A feature has one subclass a kind, in its notices.py.

    `subject` names the thing it is about: the same kind and subject reach a person once.
    `title`, `text` and `url` are for the person's own page. Every other channel carries
    `on_locked_screen` alone: never a topic, a name or a word of anybody.
    """

    kinds: ClassVar[dict[str, type["Notice"]]] = {}

    kind: ClassVar[str]
    label: ClassVar[str]  # of the kind, where a person filters or chooses: "Materi baru"
    icon: ClassVar[str]
    on_locked_screen: ClassVar[str]  # "Ada pembaruan jadwal"
    roles: ClassVar[frozenset[Role]]  # who gets such a thing, and may choose how
    is_urgent: ClassVar[bool] = False
    makes_sound: ClassVar[bool] = True
    can_be_silenced: ClassVar[bool] = True  # False: neither mute nor quiet hours hold it back
    not_by: ClassVar[frozenset[str]] = frozenset()  # channels that never carry it
    off_by_default: ClassVar[frozenset[str]] = frozenset()  # channels to be chosen first

    subject: str
    title: str
    url: str
    text: str = ""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        Notice.kinds[cls.kind] = cls

    def row_for(self, recipient_id: int) -> Notification:
        return Notification(
            recipient_id=recipient_id,
            kind=self.kind,
            icon=self.icon,
            is_urgent=self.is_urgent,
            subject=self.subject,
            title=self.title[:120],
            text=self.text[:300],
            url=self.url,
        )


def notify(recipient_ids: Iterable[int], notice: Notice) -> int:
    """Writes one row a person, then hints at it; who was told before is left alone.

    Safe to run again after a crash in the middle: it goes on where it stopped. Returns how many
    people were told now.
    """
    return sum(_tell(list(ids), notice) for ids in batched(recipient_ids, BATCH))


@transaction.atomic
def _tell(ids: list[int], notice: Notice) -> int:
    told = _rows(ids, notice).values_list("recipient_id", flat=True)
    missing = set(ids) - set(told)
    # Another worker may tell the same people at this moment: the constraint keeps one row each.
    Notification.objects.bulk_create(
        (notice.row_for(pk) for pk in sorted(missing)), ignore_conflicts=True
    )
    for row in _rows(list(missing), notice):
        push.to_user(row.recipient_id, "notification", {"id": row.pk})
    return len(missing)


def _rows(ids: list[int], notice: Notice) -> QuerySet[Notification]:
    return Notification.objects.filter(
        recipient_id__in=ids, kind=notice.kind, subject=notice.subject
    )
