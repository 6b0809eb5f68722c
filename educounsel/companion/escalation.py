"""Until somebody claims a case, one after the other is told: by the school's plan, each once.
And again when danger is written anew and who holds the case does not look.

Who has been told is a row; who is due follows from the rows and the clock. So it may run twice,
late or after a restart: a job waits for the next turn, and a sweep every minute finds what no job
did.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from educounsel.accounts.models import Role, User
from educounsel.companion import case_tasks
from educounsel.companion.models import Case, CaseEntry, Step
from educounsel.companion.notices import CaseAlert
from educounsel.notifications.notify import notify
from educounsel.realtime import push
from educounsel.schools.crisis_plan import counsellors_in, due_at, on_duty, plan_of
from educounsel.schools.models import CrisisPlan

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Turn:
    step: Step
    people: list[User]
    due_at: datetime


def escalate(case_id: int) -> None:
    with transaction.atomic():
        waiting = Case.objects.waiting().select_for_update(of=("self",))
        if case := waiting.filter(pk=case_id).first():
            _begin_no_later_than_now(case)
            tell_who_is_due(case)


def _begin_no_later_than_now(case: Case) -> None:
    """Where it did, the clock was set back meanwhile: nobody waits until it comes round again."""
    since = "alarmed_at" if case.alarmed_at else "opened_at"
    if getattr(case, since) > timezone.now():
        setattr(case, since, timezone.now())
        case.save(update_fields=[since])


def alarm(case: Case, at: datetime) -> None:
    """Danger again while somebody holds the case: they are told at once, and until they look at
    it, one after the other as in the beginning. Inside a transaction that holds the case."""
    case.alarm, case.alarmed_at = case.alarm + 1, at
    case.save(update_fields=["alarm", "alarmed_at"])
    tell_who_is_due(case)


def release(case_id: int) -> None:
    """Who held it has left: nobody does, and people are told anew as in the beginning."""
    with transaction.atomic():
        left = Case.objects.left_behind().select_for_update(of=("self",))
        if case := left.filter(pk=case_id).first():
            CaseEntry.objects.create(case=case, what=CaseEntry.What.RELEASED, whom=case.claimed_by)
            case.claimed_by = case.claimed_at = case.offered_to = None
            case.save(update_fields=["claimed_by", "claimed_at", "offered_to"])
            alarm(case, timezone.now())


def calm(case: Case) -> None:
    """Who holds the case has looked: nobody else is told."""
    alarmed = Case.objects.filter(pk=case.pk, alarmed_at__isnull=False)
    if alarmed.update(alarmed_at=None, next_step="", next_at=None):
        case.alarmed_at, case.next_step, case.next_at = None, "", None
        refresh_card(case)


def tell_who_is_due(case: Case) -> None:
    """Called inside a transaction that holds the case, or has just made it."""
    told = list(told_entries(case).values_list("step", "whom"))
    steps, people = {step for step, _ in told}, {person for _, person in told}
    planned = turns(case)
    later = [turn for turn in planned if turn.due_at > timezone.now() and turn.step not in steps]
    for turn in planned:
        if turn.step not in steps and turn not in later:
            _tell(case, turn)
    for turn in planned:
        if turn.step in steps:
            _tell_who_is_new(case, turn, people)
    _wait_for(case, later[0] if later else None)


def _tell_who_is_new(case: Case, turn: Turn, told: set[int]) -> None:
    """Somebody stands for a step now who did not when it was told, and has heard nothing yet."""
    new = [person for person in turn.people if person.pk not in told]
    if new:
        _tell(case, replace(turn, people=new))
        refresh_card(case)


def turns(case: Case) -> list[Turn]:
    """Who is told when. A step that nobody stands for is left out, and the first is due at once."""
    plan, since = plan_of(case.school_id), case.alarmed_at or case.opened_at
    present = [(step, people, wait) for step, people, wait in _steps(case, plan) if people]
    found = [
        Turn(step, people, due_at(plan, since, wait) if place and wait else since)
        for place, (step, people, wait) in enumerate(present)
    ]
    return sorted(found, key=lambda turn: turn.due_at)


def _steps(case: Case, plan: CrisisPlan) -> list[tuple[Step, list[User], timedelta]]:
    first = _on_duty_since(case, plan)
    holder = _still(case.claimed_by, Role.GURU_BK) if case.alarmed_at else []
    # While the holder does not look, who is on duty is rung a second time too.
    others = counsellors_in(case.school_id).exclude(pk__in=[guru.pk for guru in holder or first])
    coordinator = _still(plan.coordinator, Role.GURU_BK)
    return [
        (Step.HOLDER, holder, timedelta()),
        # Who holds it may be asleep.
        (Step.DUTY, [guru for guru in first if guru not in holder], timedelta()),
        (Step.SECOND, list(others), timedelta(minutes=plan.second_after)),
        (Step.COORDINATOR, coordinator, timedelta(minutes=plan.coordinator_after)),
        (Step.HEAD, _still(plan.head, Role.HEAD), timedelta(minutes=plan.head_after)),
    ]


def _on_duty_since(case: Case, plan: CrisisPlan) -> list[User]:
    """Who was on duty when it began, and who is now: a weekend may lie between."""
    moments = (case.alarmed_at or case.opened_at, timezone.now())
    found = [guru for at in moments for guru in on_duty(plan, at, case.student)]
    return list(dict.fromkeys(found))


def _still(person: User | None, role: Role) -> list[User]:
    """A plan may name somebody who has left since, or has another role."""
    return [person] if person and person.is_active and person.role == role else []


def _tell(case: Case, turn: Turn) -> None:
    CaseEntry.objects.bulk_create(
        CaseEntry(
            case=case, what=CaseEntry.What.TOLD, step=turn.step, whom=person, alarm=case.alarm
        )
        for person in turn.people
    )
    alert(case, turn.people, occasion=f"{turn.step}:{case.alarm}" if case.alarm else turn.step)


def _wait_for(case: Case, turn: Turn | None) -> None:
    """The row says who is next, for every page; the job comes back when it is time."""
    step, at = (turn.step, turn.due_at) if turn else ("", None)
    if (case.next_step, case.next_at) == (step, at):
        return
    case.next_step, case.next_at = step, at
    case.save(update_fields=["next_step", "next_at"])
    if at:
        _ask_the_queue(partial(case_tasks.escalate_case.using(run_after=at).enqueue, case.pk))
    refresh_card(case)


def alert(case: Case, people: Iterable[User], occasion: object) -> None:
    """On the screen with sound, and by mail. Each occasion reaches a person once."""
    mark = "LATIHAN: " if case.is_drill else ""
    for person in people:
        notice = CaseAlert(
            subject=f"case:{case.pk}:{occasion}",
            title=f"{mark}Perlu dijangkau sekarang",
            text="Seorang siswa mungkin dalam bahaya. Buka untuk melihat kasusnya.",
            url=page_for(person, case),
        )
        if notify([person.pk], notice):
            _ask_the_queue(partial(case_tasks.mail_case.enqueue, case.pk, person.pk))


def _ask_the_queue(enqueue: Callable[[], object]) -> None:
    """A job is saved with the rest or not at all; the rest never fails for want of a job."""
    try:
        with transaction.atomic():
            enqueue()
    except Exception:
        log.exception("A job of a case could not be saved; the sweep tells who is next")


def page_for(person: User, case: Case) -> str:
    """A head of school sees whether somebody is on it, and nothing of the child."""
    if person.is_head:
        return reverse("companion:oversight")
    return reverse("companion:case", args=[case.pk])


def refresh_card(case: Case) -> None:
    if message := case.messages.select_related("conversation").last():
        push.to_user(message.conversation.student_id, "companion", {"message": message.pk})


def told_entries(case: Case) -> QuerySet[CaseEntry]:
    """Who was told since the case opened, or since danger was written again."""
    told = case.entries.filter(what=CaseEntry.What.TOLD, alarm=case.alarm)
    return told.select_related("whom")
