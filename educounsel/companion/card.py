"""What stays on the student's screen while a case is open: who was told when, who is next."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.companion.cases import open_case_of
from educounsel.companion.escalation import told_entries
from educounsel.companion.models import Case, CaseEntry
from educounsel.schools.crisis_plan import day_of, holiday_of, next_opening, plan_of
from educounsel.schools.models import Holiday


@dataclass(frozen=True)
class CrisisCard:
    """Says only what has happened and what will: a promise that nobody keeps is worse than none."""

    case: Case
    told: list[CaseEntry]
    holder_has_read: bool
    contact: CaseEntry | None
    is_school_time: bool
    holiday: Holiday | None
    after_hours_text: str
    opens_at: datetime | None

    @property
    def is_waiting(self) -> bool:
        """Nobody holds the case, or who does has not looked since danger was written again."""
        return self.case.claimed_by is None or self.case.alarmed_at is not None

    @property
    def claimed_by(self) -> User | None:
        return self.case.claimed_by


def card_of(student: User) -> CrisisCard | None:
    if (case := open_case_of(student)) is None:
        return None
    plan, now = plan_of(student.school_id), timezone.now()
    return CrisisCard(
        case=case,
        told=list(told_entries(case)),
        holder_has_read=_holder_has_read(case),
        contact=_last_contact(case),
        is_school_time=day_of(plan, now) is not None,
        holiday=holiday_of(plan, now),
        after_hours_text=plan.after_hours_text,
        opens_at=next_opening(plan, now),
    )


def _holder_has_read(case: Case) -> bool:
    read = case.entries.filter(what=CaseEntry.What.READ, by=case.claimed_by_id)
    return case.claimed_by_id is not None and read.exists()


def _last_contact(case: Case) -> CaseEntry | None:
    """Since the last message that means danger: that somebody talked before says nothing of it."""
    last = case.entries.filter(what=CaseEntry.What.JOINED).last()
    contacts = case.entries.filter(what=CaseEntry.What.CONTACT, pk__gt=last.pk if last else 0)
    return contacts.select_related("by").last()
