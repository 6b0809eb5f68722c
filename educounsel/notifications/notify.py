"""NOTIFICATIONS: the one door through which anybody is told anything."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import batched
from typing import ClassVar

from django.db import transaction
from django.db.models import QuerySet

from educounsel.notifications.models import Notification
from educounsel.realtime import push

BATCH = 2000


@dataclass(frozen=True)
class Notice:
    """What is told. A feature has one subclass a kind, beside the verb that sends it.

    `subject` names the thing it is about: the same kind and subject reach a person once.
    `title`, `text` and `url` are for the person's own page; no other channel may carry them.
    """

    kind: ClassVar[str]
    icon: ClassVar[str]
    is_urgent: ClassVar[bool] = False

    subject: str
    title: str
    url: str
    text: str = ""

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
