"""From a message that means danger to a human who reaches the student.

Nothing here waits for a model, a queue, a limit or a socket: the case, its first entry and the
alerts are rows of the transaction that saves the message.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.companion.models import Case, CaseEntry, Message
from educounsel.notifications.notify import Notice, notify
from educounsel.realtime import push
from educounsel.schools.people import counsellors_of

JOINS_WITHIN = timedelta(hours=24)
# Of several messages in a row the first alerts; after a pause the next one does so again.
PAUSE = timedelta(minutes=10)
SCHOOL_OPENS, SCHOOL_CLOSES = time(7), time(15)
SATURDAY = 5
BESIDE = 2


@dataclass(frozen=True)
class CaseAlert(Notice):
    """Carries no word of the child, not even the name: phones lie on tables."""

    kind: ClassVar[str] = "case"
    icon: ClassVar[str] = "life"
    is_urgent: ClassVar[bool] = True


class CaseRefused(Exception):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def open_or_join(message: Message) -> Case:
    """Called inside the transaction that saves the message."""
    student = message.conversation.student
    case = _running_case(student)
    last = case.messages.last() if case else None
    if case is None:
        case = Case.objects.create(school_id=student.school_id, student=student)
    what = CaseEntry.What.JOINED if last else CaseEntry.What.OPENED
    CaseEntry.objects.create(case=case, what=what)
    Message.objects.filter(pk=message.pk).update(case=case)
    if last is None or message.created_at - last.created_at > PAUSE:
        _alert(case, message)
    return case


def _running_case(student: User) -> Case | None:
    cases = Case.objects.open().filter(student=student)
    recent = timezone.now() - JOINS_WITHIN
    return cases.filter(messages__created_at__gt=recent).order_by("-pk").first()


def _alert(case: Case, message: Message) -> None:
    alert = CaseAlert(
        subject=f"case:{case.pk}:{message.pk}",
        title="Perlu dijangkau sekarang",
        text="Seorang siswa mungkin dalam bahaya. Buka untuk melihat dan mengambil kasusnya.",
        url=reverse("companion:case", args=[case.pk]),
    )
    notify(counsellors_of(case.student).values_list("pk", flat=True), alert)


def open_case_of(student: User) -> Case | None:
    cases = Case.objects.open().filter(student=student).select_related("claimed_by")
    return cases.order_by("-pk").first()


@dataclass(frozen=True)
class CrisisCard:
    """What stays on the student's screen while a case is open: who knows, and since when."""

    told_at: datetime
    claimed_by: User | None
    is_school_time: bool


def card_of(student: User) -> CrisisCard | None:
    if (case := open_case_of(student)) is None:
        return None
    return CrisisCard(case.opened_at, case.claimed_by, is_school_time(timezone.now()))


def claim(case: Case, guru: User) -> None:
    """Of two who press at once, the second is told who was first."""
    with transaction.atomic():
        free = Case.objects.open().filter(pk=case.pk, claimed_by=None)
        if not free.update(claimed_by=guru, claimed_at=timezone.now()):
            raise CaseRefused(_why_not_claimed(case, guru))
        CaseEntry.objects.create(case=case, what=CaseEntry.What.CLAIMED, by=guru)
        _refresh_the_card(case)


def _why_not_claimed(case: Case, guru: User) -> str:
    case.refresh_from_db()
    if case.closed_at:
        return "Kasus ini sudah ditutup."
    if case.claimed_by == guru:
        return "Anda sudah mengambil kasus ini."
    return f"{case.claimed_by} sudah lebih dulu mengambil kasus ini."


def close(case: Case, guru: User, reason: str) -> None:
    with transaction.atomic():
        claimed = Case.objects.open().filter(pk=case.pk).exclude(claimed_by=None)
        if not claimed.update(closed_at=timezone.now()):
            raise CaseRefused(_why_not_closed(case))
        CaseEntry.objects.create(case=case, what=CaseEntry.What.CLOSED, by=guru, note=reason)
        _refresh_the_card(case)


def _why_not_closed(case: Case) -> str:
    case.refresh_from_db()
    if case.closed_at:
        return "Kasus ini sudah ditutup."
    return "Ambil kasus ini dan jangkau siswanya dulu, baru kasus bisa ditutup."


def _refresh_the_card(case: Case) -> None:
    if message := case.messages.last():
        push.to_user(case.student_id, "companion", {"message": message.pk})


def excerpt(case: Case) -> QuerySet[Message]:
    """What a Guru BK may read: the messages that mean danger, and up to two before and after."""
    shown: set[int] = set()
    for message in case.messages.all():
        said = Message.objects.filter(conversation_id=message.conversation_id)
        before = said.filter(pk__lt=message.pk).order_by("-pk")[:BESIDE]
        after = said.filter(pk__gt=message.pk)[:BESIDE]
        shown |= {message.pk} | {row.pk for rows in (before, after) for row in rows}
    return Message.objects.filter(pk__in=shown)


def is_school_time(now: datetime) -> bool:
    """Whether somebody at school is likely to look at once, by the school's clock."""
    local = timezone.localtime(now)
    return local.weekday() < SATURDAY and SCHOOL_OPENS <= local.time() < SCHOOL_CLOSES
