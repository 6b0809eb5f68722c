"""A case of Sari's that nobody has claimed yet, and who was told of it."""

from datetime import timedelta

import pytest
import time_machine

from educounsel.companion.case_tasks import escalate_open_cases
from educounsel.companion.escalation import told_entries
from educounsel.companion.models import Case, Step
from educounsel.schools.models import CrisisPlan
from tests.cast import Cast
from tests.companion.conftest import DANGER, say
from tests.factories import make_guru

type Clock = time_machine.Traveller

SATURDAY_NOON, FRIDAY_EVENING = "2026-11-28T05:00:00Z", "2026-11-27T12:00:00Z"


DUTY = (Step.DUTY, "Rina", 0)
SECOND = [(Step.SECOND, "Citra", 5), (Step.SECOND, "Budi", 5)]
COORDINATOR, HEAD = (Step.COORDINATOR, "Citra", 15), (Step.HEAD, "Hadi", 30)


@pytest.fixture
def plan(cast: Cast) -> CrisisPlan:
    """Bu Citra coordinates, Pak Hadi heads the school."""
    plan = CrisisPlan.objects.get(school=cast.school)
    plan.coordinator = make_guru(cast.school, "Bu Citra", email="citra@cendekia.example")
    plan.head = cast.head
    plan.save()
    return plan


@pytest.fixture
def case(cast: Cast, plan: CrisisPlan, clock: Clock) -> Case:
    """Opened on Tuesday at 10.00."""
    say(cast.sari, DANGER)
    return Case.objects.get()


def sweep() -> None:
    escalate_open_cases.call()


def told(case: Case) -> list[tuple[str, str, float]]:
    """Step, first word of interest in the name, minutes after the opening."""
    return [
        (entry.step, str(entry.whom).split()[1], (entry.at - case.opened_at) / timedelta(minutes=1))
        for entry in told_entries(case)
    ]
