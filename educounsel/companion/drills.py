"""A rehearsal: the same path and the same clocks, no student, and how long each part took."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from educounsel.accounts.models import User
from educounsel.companion.cases import CaseRefused
from educounsel.companion.escalation import Turn, tell_who_is_due, turns
from educounsel.companion.models import Case, CaseEntry, Step
from educounsel.schools.models import School

SHOWN = 20


@transaction.atomic
def start(guru: User, key: UUID | None = None) -> Case:
    """The same key again is the same drill. Raises CaseRefused while another one runs."""
    School.objects.select_for_update(no_key=True).get(pk=guru.school_id)  # one drill at a time
    drills = Case.objects.drills().of_school(guru.school_id)
    if key and (begun := drills.filter(entries__key=key, entries__by=guru).first()):
        return begun
    if drills.open().exists():
        raise CaseRefused("Latihan sebelumnya belum ditutup. Selesaikan dulu yang itu.")
    case = Case.objects.create(school_id=guru.school_id, is_drill=True)
    CaseEntry.objects.create(case=case, what=CaseEntry.What.OPENED, by=guru, key=key)
    tell_who_is_due(case)
    return case


@dataclass(frozen=True)
class Rehearsal:
    """Whom a drill that starts now would tell, and for which steps the school has nobody."""

    turns: list[Turn]
    missing: list[Step]


def rehearsal(school_id: int) -> Rehearsal:
    planned = turns(Case(school_id=school_id, is_drill=True))
    there = {turn.step for turn in planned}
    steps = (Step.DUTY, Step.SECOND, Step.COORDINATOR, Step.HEAD)
    return Rehearsal(planned, [step for step in steps if step not in there])


@dataclass(frozen=True)
class Drill:
    """How long after the start each thing first happened; None for what has not."""

    case: Case
    told: timedelta | None
    opened: timedelta | None
    claimed: timedelta | None
    contact: timedelta | None


def drills_of(school_id: int) -> list[Drill]:
    cases = Case.objects.drills().of_school(school_id).order_by("-pk")
    return [_measured(case) for case in cases.prefetch_related("entries")[:SHOWN]]


def _measured(case: Case) -> Drill:
    first: dict[str, datetime] = {}
    for entry in case.entries.all():
        first.setdefault(entry.what, entry.at)

    def after(what: CaseEntry.What) -> timedelta | None:
        return first[what] - case.opened_at if what in first else None

    what = CaseEntry.What
    return Drill(case, after(what.TOLD), after(what.READ), after(what.CLAIMED), after(what.CONTACT))
