"""Until somebody claims: who is told after how many minutes, each once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_ox.models import OxTask

from educounsel.companion import cases
from educounsel.companion.case_tasks import escalate_case
from educounsel.companion.models import Case, Step
from educounsel.notifications.models import Notification
from educounsel.schools.models import CrisisPlan
from tests.cast import Cast
from tests.companion.escalation.conftest import COORDINATOR, DUTY, HEAD, SECOND, Clock, sweep, told


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, [DUTY]),
        (4.99, [DUTY]),
        (5, [DUTY, *SECOND]),
        (14.99, [DUTY, *SECOND]),
        (15, [DUTY, *SECOND, COORDINATOR]),
        (29.99, [DUTY, *SECOND, COORDINATOR]),
        (30, [DUTY, *SECOND, COORDINATOR, HEAD]),
        (300, [DUTY, *SECOND, COORDINATOR, HEAD]),
    ],
)
def test_one_after_the_other_is_told(
    case: Case, clock: Clock, minutes: float, expected: list[tuple[str, str, float]]
) -> None:
    start = timezone.now()
    for due in (5, 15, 30):
        if due <= minutes:
            clock.move_to(start + timedelta(minutes=due))
            sweep()
    clock.move_to(start + timedelta(minutes=minutes))
    sweep()
    assert sorted(told(case)) == sorted(expected)


def test_told_once_however_often_it_runs(case: Case, clock: Clock) -> None:
    clock.shift(timedelta(minutes=31))
    for _ in range(3):
        sweep()
        escalate_case.call(case.pk)
    assert len(told(case)) == 5
    assert Notification.objects.filter(kind="case").count() == 5


def test_after_a_long_stop_everybody_due_is_told_at_once(case: Case, clock: Clock) -> None:
    clock.shift(timedelta(hours=2))
    sweep()
    assert [(step, minute) for step, _, minute in told(case)[1:]] == [
        (Step.SECOND, 120), (Step.SECOND, 120), (Step.COORDINATOR, 120), (Step.HEAD, 120),
    ]  # fmt: skip


def test_a_claim_ends_it(case: Case, clock: Clock, cast: Cast) -> None:
    clock.shift(timedelta(minutes=4))
    cases.claim(case, cast.budi)
    clock.shift(timedelta(hours=1))
    escalate_case.call(case.pk)
    sweep()
    assert told(case) == [DUTY]


def test_the_row_says_who_is_next_and_a_job_waits_for_it(case: Case, clock: Clock) -> None:
    five = case.opened_at + timedelta(minutes=5)
    assert (case.next_step, case.next_at) == (Step.SECOND, five)
    jobs = OxTask.objects.filter(task_path__endswith=".escalate_case")
    assert [(job.args, job.run_after) for job in jobs] == [([case.pk], five)]
    clock.shift(timedelta(minutes=30))
    sweep()
    case.refresh_from_db()
    assert (case.next_step, case.next_at) == ("", None)


def test_a_plan_that_changes_meanwhile_counts(case: Case, clock: Clock, plan: CrisisPlan) -> None:
    CrisisPlan.objects.filter(pk=plan.pk).update(second_after=2)
    clock.shift(timedelta(minutes=2))
    sweep()
    assert [step for step, _, _ in told(case)] == [Step.DUTY, Step.SECOND, Step.SECOND]
