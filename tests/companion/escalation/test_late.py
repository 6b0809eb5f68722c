"""Who comes on duty while nobody has claimed hears of it; who was told is not told twice."""

from datetime import timedelta

import pytest

from educounsel.accounts.models import User
from educounsel.companion import cases
from educounsel.companion.models import Case, Step
from educounsel.notifications.models import Notification
from educounsel.schools.models import CrisisPlan
from tests.cast import Cast
from tests.companion.conftest import DANGER, Heard, say
from tests.companion.escalation.conftest import DUTY, SATURDAY_NOON, SECOND, Clock, sweep, told
from tests.factories import make_guru, make_head


@pytest.fixture
def maya(case: Case, clock: Clock, cast: Cast) -> User:
    """Joins the school six minutes after the case opened, when the second step has been told."""
    clock.shift(timedelta(minutes=6))
    sweep()
    clock.shift(timedelta(minutes=1))
    return make_guru(cast.school, "Bu Maya", email="maya@cendekia.example")


def times_told(person: User) -> int:
    return Notification.objects.filter(kind="case", recipient=person).count()


def test_a_guru_bk_added_late_is_told_once(case: Case, clock: Clock, maya: User) -> None:
    before = told(case)
    for _ in range(3):
        sweep()
    assert told(case) == [*before, (Step.SECOND, "Maya", 7)]
    assert times_told(maya) == 1


def test_nobody_else_is_alarmed_by_that(case: Case, clock: Clock, cast: Cast, maya: User) -> None:
    people = [cast.rina, cast.budi]
    before = [times_told(person) for person in people]
    sweep()
    assert [times_told(person) for person in people] == before


def test_the_students_page_learns_of_it(
    cast: Cast, plan: CrisisPlan, heard: Heard, committing: None
) -> None:
    message = say(cast.sari, DANGER)
    make_guru(cast.school, "Bu Maya", cast.sari_class, email="maya@cendekia.example")
    before = len(heard())
    sweep()
    assert heard()[before:] == [{"message": message.pk}]


def test_a_case_that_somebody_holds_rings_for_no_newcomer(
    case: Case, clock: Clock, cast: Cast, maya: User
) -> None:
    cases.claim(case, cast.rina)
    sweep()
    assert times_told(maya) == 0


def test_a_newcomer_of_the_students_class_is_told_as_on_duty(
    case: Case, clock: Clock, cast: Cast
) -> None:
    clock.shift(timedelta(minutes=2))
    make_guru(cast.school, "Bu Maya", cast.sari_class, email="maya@cendekia.example")
    sweep()
    assert told(case) == [DUTY, (Step.DUTY, "Maya", 2)]
    clock.shift(timedelta(minutes=3))
    sweep()
    assert sorted(told(case)) == sorted([DUTY, (Step.DUTY, "Maya", 2), *SECOND])


def test_a_new_head_hears_of_what_the_old_one_was_told(
    case: Case, clock: Clock, cast: Cast, plan: CrisisPlan
) -> None:
    clock.shift(timedelta(minutes=31))
    sweep()
    plan.head = make_head(cast.school, email="baru@cendekia.example")
    plan.save()
    sweep()
    assert times_told(plan.head) == 1


def test_who_comes_on_duty_on_monday_hears_of_what_was_written_on_saturday(
    cast: Cast, clock: Clock, plan: CrisisPlan
) -> None:
    CrisisPlan.objects.filter(pk=plan.pk).update(rings_after_hours=False)
    cast.school.days.filter(weekday=0).update(on_duty=cast.budi)
    clock.move_to(SATURDAY_NOON)
    say(cast.sari, DANGER)
    case = Case.objects.get()
    clock.move_to("2026-11-29T23:59:00Z")  # Monday, 06.59
    sweep()
    assert told(case) == [DUTY]
    clock.shift(timedelta(minutes=1))
    sweep()
    assert [(step, who) for step, who, _ in told(case)] == [
        (Step.DUTY, "Rina"),
        (Step.DUTY, "Budi"),
    ]
    clock.shift(timedelta(minutes=5))
    sweep()
    assert [(step, who) for step, who, _ in told(case)][2:] == [(Step.SECOND, "Citra")]


def test_a_clock_that_was_set_back_holds_nobody_up(case: Case, clock: Clock) -> None:
    clock.shift(-timedelta(hours=1))
    sweep()
    case.refresh_from_db()
    assert told(case) == [(Step.DUTY, "Rina", 60)]  # of the clock as it was then
    clock.shift(timedelta(minutes=5))
    sweep()
    assert told(case)[1:] == SECOND
