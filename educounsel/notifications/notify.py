"""NOTIFICATIONS: the one door through which anybody is told anything."""

import logging
from collections.abc import Iterable, Sequence
from itertools import batched

from django.db import transaction

from educounsel.accounts.models import Role, User
from educounsel.notifications import tasks
from educounsel.notifications.models import Notification, NotificationQuerySet
from educounsel.notifications.notice import Notice
from educounsel.notifications.rows import write_for
from educounsel.realtime import push
from educounsel.schools.models import School

__all__ = ["Notice", "notify", "notify_school", "told"]

log = logging.getLogger(__name__)
# Who else of the school is told something waits for one batch at most: a case's alarm, too.
BATCH = 500
# A page that asks costs some 5 ms; a whole school comes within a few seconds.
MS_A_PERSON, MOST_MS = 5, 5_000


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
    told = _write(ids, notice)
    push.to_users(told, "notification", _spread_over(len(told)))
    return len(told)


@transaction.atomic
def _write(ids: Sequence[int], notice: Notice) -> dict[int, int]:
    """The new rows by the person they tell, of those who were not told before."""
    _take_turns(ids)
    told = write_for(User.objects.filter(pk__in=ids), notice.row)
    _deliver_elsewhere(list(told.values()), notice)
    return told


def _deliver_elsewhere(ids: list[int], notice: Notice) -> None:
    """The job is saved with the rows or not at all; the rows never fail for want of a job."""
    job = tasks.deliver_elsewhere.using(priority=tasks.priority(notice.is_urgent))
    try:
        with transaction.atomic():
            if ids:
                job.enqueue(ids)
    except Exception:  # whatever a queue raises: a case alert must not wait for it
        log.exception("The job that tells people elsewhere could not be saved")


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
