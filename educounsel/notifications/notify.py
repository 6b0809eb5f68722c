"""NOTIFICATIONS: the one door through which anybody is told anything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any, ClassVar

from django.db import transaction

from educounsel.accounts.models import Role, User
from educounsel.notifications.models import Notification, NotificationQuerySet
from educounsel.realtime import push
from educounsel.schools.models import School

BATCH = 2000
# A page that asks costs some 5 ms; a whole school comes within a few seconds.
MS_A_PERSON, MOST_MS = 5, 5_000


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
    return sum(_tell_each(ids, notice) for ids in batched(recipient_ids, BATCH))


def notify_school(school_id: int, role: Role, notice: Notice) -> int:
    """As notify, for everybody of a school in one role: all their pages hear one hint."""
    people = User.objects.active().of_school(school_id).filter(role=role)
    told = sum(len(_write(ids, notice)) for ids in batched(people.pks_in_pages(), BATCH))
    # Also when nobody is new: the run before this one may have been killed just before its hint.
    push.to_role(school_id, role, "notification", _spread_over(told))
    return told


def told(person_id: int, kind: type[Notice], url: str) -> NotificationQuerySet:
    """What this person was told of one page."""
    return Notification.objects.filter(recipient_id=person_id, kind=kind.kind, url=url)


def take_back(kind: type[Notice], subject: str) -> None:
    """It does not hold any more, and its page is gone: nobody is sent there."""
    Notification.objects.filter(kind=kind.kind, subject=subject).delete()


def _tell_each(ids: Sequence[int], notice: Notice) -> int:
    told = [row.recipient_id for row in _write(ids, notice)]
    push.to_users(told, "notification", _spread_over(len(told)))
    return len(told)


@transaction.atomic
def _write(ids: Sequence[int], notice: Notice) -> list[Notification]:
    """The rows of those who were not told before."""
    _take_turns(ids)
    told = Notification.objects.filter(
        recipient_id__in=ids, kind=notice.kind, subject=notice.subject
    ).values_list("recipient_id", flat=True)
    missing = sorted(set(ids) - set(told))
    return Notification.objects.bulk_create(notice.row_for(pk) for pk in missing)


def _take_turns(ids: Sequence[int]) -> None:
    """Until this transaction ends, no other tells anybody of these schools.

    A page asks for what came after the last id it saw. PostgreSQL counts ids up before commit, so
    without this a smaller id could appear after a larger one was seen, and be missed for ever.
    SQLite has one writer at a time anyway.
    """
    schools = User.objects.filter(pk__in=ids).values("school")
    list(School.objects.filter(pk__in=schools).order_by("pk").select_for_update(no_key=True))


def _spread_over(people: int) -> dict[str, int]:
    """Within how many milliseconds their pages ask, each at a moment of its own choice."""
    return {"within": min(people * MS_A_PERSON, MOST_MS)}
