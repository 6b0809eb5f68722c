"""What a Guru BK may read of a student, what is written down about it, and what the student sees.

In a crisis: the messages that mean danger, and two before and after. More needs a reason, and is
shut when the case is closed, or handed over. Of a
concern: its category and time; the message needs a reason. The student is told of each of these.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from educounsel.accounts.models import AccountChange, Role, User
from educounsel.companion.cases import hold, is_carried_out, may_act
from educounsel.companion.escalation import calm
from educounsel.companion.models import Case, CaseEntry, ConcernOpening, Level, Message, Share
from educounsel.companion.notices import DataOpened
from educounsel.notifications.notify import notify
from educounsel.schools.people import in_care_of

BESIDE = 2
STAYS_OPEN = timedelta(hours=1)
# Looks of one person within this time are written down once.
ONE_LOOK = timedelta(hours=1)
CONCERNS_SINCE = timedelta(days=14)


# --- A case ------------------------------------------------------------------------------------


def note_reading(case: Case, guru: User) -> None:
    """Each look is written down: once an hour, and again after more danger was written."""
    since = timezone.now() - ONE_LOOK
    read = {"case": case, "what": CaseEntry.What.READ, "by": guru}
    joined = case.entries.filter(what=CaseEntry.What.JOINED).last()
    recent = CaseEntry.objects.filter(**read, at__gt=since, pk__gt=joined.pk if joined else 0)
    if not recent.exists():
        CaseEntry.objects.create(**read)
    if case.claimed_by == guru:
        calm(case)


def excerpt(case: Case) -> QuerySet[Message]:
    """The messages that mean danger, and up to two before and after each, until it was closed."""
    ends = case.closed_at or timezone.now()
    shown: set[int] = set()
    for message in case.messages.all():
        said = Message.objects.filter(conversation_id=message.conversation_id)
        before = said.filter(pk__lt=message.pk).order_by("-pk")[:BESIDE]
        after = said.filter(pk__gt=message.pk, created_at__lte=ends)[:BESIDE]
        shown |= {message.pk} | {row.pk for rows in (before, after) for row in rows}
    return Message.objects.filter(pk__in=shown)


@transaction.atomic
def open_everything(case: Case, guru: User, reason: str, key: UUID | None = None) -> None:
    if is_carried_out(case, key):
        return
    hold(case, guru)
    entry = CaseEntry.objects.create(
        case=case, what=CaseEntry.What.READ_MORE, by=guru, note=reason, key=key
    )
    if case.student:
        tell_student(case.student, guru, "lebih banyak pesanmu", f"entry:{entry.pk}")


def may_read_everything(case: Case, guru: User) -> bool:
    since = timezone.now() - STAYS_OPEN
    opened = case.entries.filter(what=CaseEntry.What.READ_MORE, by=guru, at__gt=since)
    return may_act(case, guru) and opened.exists()


def everything(case: Case) -> QuerySet[Message]:
    return Message.objects.filter(conversation__messages__case=case).distinct()


# --- Messages that ask for attention -----------------------------------------------------------


def concerns_for(guru: User) -> QuerySet[Message]:
    """Those of the students in this person's care, newest first."""
    recent = Message.objects.since(CONCERNS_SINCE).filter(level=Level.CONCERN)
    return recent.filter(conversation__student__in=in_care_of(guru)).order_by("-pk")


@transaction.atomic
def open_concern(message: Message, guru: User, reason: str) -> None:
    """Opening it again changes nothing: the first reason stands."""
    student = message.conversation.student
    opening, is_new = ConcernOpening.objects.get_or_create(
        message=message, by=guru, defaults={"student": student, "reason": reason}
    )
    if is_new:
        tell_student(student, guru, "satu pesanmu", f"concern:{opening.pk}")


def has_opened(message: Message, guru: User) -> bool:
    return message.openings.filter(by=guru).exists()


# --- What the student sees ---------------------------------------------------------------------


def tell_student(student: User, guru: User, what: str, subject: str) -> None:
    notice = DataOpened(
        subject=subject,
        title=f"{guru} membuka {what}",
        text="Lihat kapan dan untuk apa.",
        url=reverse("companion:openings"),
    )
    notify([student.pk], notice)


@dataclass(frozen=True)
class Opening:
    at: datetime
    by: User | str | None
    what: str
    reason: str = ""


def openings_of(student: User) -> list[Opening]:
    """Who has read what this student wrote, or could have, newest first."""
    found = [
        *_openings_of_cases(student),
        *_openings_of_concerns(student),
        *_openings_of_shares(student),
        *_passwords_of(student),
    ]
    return sorted(found, key=lambda opening: opening.at, reverse=True)


def _openings_of_cases(student: User) -> list[Opening]:
    words = {
        CaseEntry.What.READ: "Pesan yang menandakan bahaya, dan paling banyak dua di sekitarnya",
        CaseEntry.What.READ_MORE: "Seluruh percakapan itu",
    }
    entries = CaseEntry.objects.filter(case__student=student, what__in=words)
    return [
        Opening(entry.at, entry.by, words[CaseEntry.What(entry.what)], entry.note)
        for entry in entries.select_related("by")
    ]


def _openings_of_concerns(student: User) -> list[Opening]:
    openings = ConcernOpening.objects.filter(student=student).select_related("by")
    return [
        Opening(opening.at, opening.by, "Satu pesan yang perlu perhatian", opening.reason)
        for opening in openings
    ]


def _openings_of_shares(student: User) -> list[Opening]:
    opened = Share.objects.filter(student=student, opened_at__isnull=False).select_related("guru")
    return [
        Opening(share.opened_at, share.guru, "Pesan yang kamu bagikan")
        for share in opened
        if share.opened_at
    ]


def _passwords_of(student: User) -> list[Opening]:
    what = (
        "Membuat kata sandi baru untukmu. Semua perangkat keluar, dan siapa pun yang masuk dengan"
        " kata sandi itu harus menggantinya dulu. Kalau kata sandi itu tidak pernah sampai"
        " kepadamu, bilang ke Guru BK."
    )
    changes = student.account_changes.filter(what=AccountChange.What.OF_STUDENT)
    return [Opening(change.at, Role.ADMIN.label, what) for change in changes]
