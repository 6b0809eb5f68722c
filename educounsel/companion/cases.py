"""From a message that means danger to a human who reaches the student.

Nothing here waits for a model, a queue, a limit or a socket: the case, its first entry and the
first alerts are rows of the transaction that saves the message. Who is told when nobody claims is
in escalation.py, who may read what in disclosure.py.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.companion.escalation import (
    alarm,
    alert,
    calm,
    refresh_card,
    tell_who_is_due,
    told_entries,
)
from educounsel.companion.models import Case, CaseEntry, Message
from educounsel.schools.crisis_plan import counsellors_in, plan_of

JOINS_WITHIN = timedelta(hours=24)
# Of several messages in a row the first alerts; after a pause the next one does so again.
PAUSE = timedelta(minutes=10)


class CaseRefused(Exception):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def open_or_join(message: Message) -> Case:
    """Called inside the transaction that saves the message."""
    student = message.conversation.student
    if case := _running_case(student):
        _join(case, message)
        return case
    case = Case.objects.create(school_id=student.school_id, student=student)
    Message.objects.filter(pk=message.pk).update(case=case)
    CaseEntry.objects.create(case=case, what=CaseEntry.What.OPENED)
    tell_who_is_due(case)
    return case


def _running_case(student: User) -> Case | None:
    cases = Case.objects.open().filter(student=student)
    recent = timezone.now() - JOINS_WITHIN
    return cases.filter(messages__created_at__gt=recent).order_by("-pk").first()


def _join(case: Case, message: Message) -> None:
    case.refresh_from_db(from_queryset=Case.objects.select_for_update(of=("self",)))
    last = case.messages.last()
    Message.objects.filter(pk=message.pk).update(case=case)
    CaseEntry.objects.create(case=case, what=CaseEntry.What.JOINED)
    if case.claimed_by and not case.alarmed_at:
        alarm(case, message.created_at)
    elif last is None or message.created_at - last.created_at > PAUSE:
        alert(case, _who_know(case), occasion=message.pk)


def _who_know(case: Case) -> set[User]:
    return {entry.whom for entry in told_entries(case) if entry.whom}


def open_case_of(student: User) -> Case | None:
    cases = Case.objects.open().filter(student=student).select_related("claimed_by")
    return cases.order_by("-pk").first()


def claim(case: Case, guru: User) -> None:
    """Of two who press at once, the second is told who was first. Who presses twice has it once."""
    with transaction.atomic():
        free = Q(claimed_by=None) | Q(alarmed_at__isnull=False) | Q(offered_to=guru)
        claimed = {"claimed_by": guru, "claimed_at": timezone.now(), "offered_to": None}
        calmed = {"alarmed_at": None, "next_step": "", "next_at": None}
        if not Case.objects.open().filter(free, pk=case.pk).update(**claimed, **calmed):
            if Case.objects.open().filter(pk=case.pk, claimed_by=guru).exists():
                return
            raise CaseRefused(_why_not_claimed(case))
        CaseEntry.objects.create(case=case, what=CaseEntry.What.CLAIMED, by=guru)
        refresh_card(case)


def _why_not_claimed(case: Case) -> str:
    case.refresh_from_db()
    if case.closed_at:
        return "Kasus ini sudah ditutup."
    return f"{case.claimed_by} sudah lebih dulu mengambil kasus ini."


@transaction.atomic
def note_contact(case: Case, guru: User, note: str, key: UUID | None = None) -> None:
    if is_carried_out(case, key):
        return
    hold(case, guru)
    CaseEntry.objects.create(case=case, what=CaseEntry.What.CONTACT, by=guru, note=note, key=key)
    refresh_card(case)


@transaction.atomic
def offer(case: Case, guru: User, colleague: User, key: UUID | None = None) -> None:
    """Asks a colleague to take over. Until they do, who holds the case holds it."""
    if is_carried_out(case, key):
        return
    hold(case, guru)
    Case.objects.filter(pk=case.pk).update(offered_to=colleague)
    entry = CaseEntry.objects.create(
        case=case, what=CaseEntry.What.OFFERED, by=guru, whom=colleague, key=key
    )
    alert(case, [colleague], occasion=f"offer:{entry.pk}")


def colleagues(case: Case) -> QuerySet[User]:
    """Who may be asked to take over."""
    return counsellors_in(case.school_id).exclude(claimed_cases=case)


@transaction.atomic
def close(case: Case, guru: User, reason: str, key: UUID | None = None) -> None:
    if is_carried_out(case, key):
        return
    hold(case, guru)
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now(), offered_to=None)
    CaseEntry.objects.create(case=case, what=CaseEntry.What.CLOSED, by=guru, note=reason, key=key)
    refresh_card(case)


def is_carried_out(case: Case, key: UUID | None) -> bool:
    """Whether this very form was. Locks the case: of two at once the second sees the first."""
    case.refresh_from_db(from_queryset=Case.objects.select_for_update(of=("self",)))
    return key is not None and case.entries.filter(key=key).exists()


def hold(case: Case, guru: User) -> None:
    """Locks the case for what only its holder or the coordinator may do, who thereby has looked at
    it. Inside a transaction."""
    case.refresh_from_db(from_queryset=Case.objects.select_for_update(of=("self",)))
    if case.closed_at:
        raise CaseRefused("Kasus ini sudah ditutup.")
    if case.claimed_by is None:
        raise CaseRefused("Ambil kasus ini dulu, baru langkah itu bisa dilakukan.")
    if not may_act(case, guru):
        raise CaseRefused(
            f"Kasus ini dipegang {case.claimed_by}. Hanya {case.claimed_by} atau koordinator BK"
            " yang bisa melakukan ini."
        )
    calm(case)


def may_act(case: Case, guru: User) -> bool:
    if case.closed_at or case.claimed_by_id is None:
        return False
    return _answers_for(case, guru)


def may_read(case: Case, guru: User) -> bool:
    """While it is open whoever of the Guru BK looks may have to act; afterwards nobody else has."""
    return case.closed_at is None or _answers_for(case, guru)


def _answers_for(case: Case, guru: User) -> bool:
    return guru.pk in (case.claimed_by_id, plan_of(case.school_id).coordinator_id)
