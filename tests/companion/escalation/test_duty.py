"""Who is told first, by school hours and the plan for the rest."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.companion.escalation import told_entries
from educounsel.companion.models import Case, Step
from educounsel.notifications.models import Notification
from educounsel.schools.models import CrisisPlan
from tests.cast import Cast
from tests.companion.conftest import DANGER, say
from tests.companion.escalation.conftest import (
    DUTY,
    FRIDAY_EVENING,
    SATURDAY_NOON,
    Clock,
    sweep,
    told,
)
from tests.factories import make_guru

# --- Who is on duty ----------------------------------------------------------------------------


def duty_of(student: User) -> set[User | None]:
    say(student, DANGER)
    return {entry.whom for entry in told_entries(Case.objects.get()).filter(step=Step.DUTY)}


def test_by_default_the_guru_bk_of_the_class(cast: Cast, clock: Clock) -> None:
    assert duty_of(cast.dodi) == {cast.budi}


def test_who_is_named_for_the_day_comes_first(cast: Cast, clock: Clock) -> None:
    cast.school.days.filter(weekday=1).update(on_duty=cast.rina)
    assert duty_of(cast.dodi) == {cast.rina}


def test_who_is_named_for_after_hours(cast: Cast, clock: Clock, plan: CrisisPlan) -> None:
    clock.move_to(SATURDAY_NOON)
    cast.school.days.update(on_duty=cast.budi)
    CrisisPlan.objects.filter(pk=plan.pk).update(after_hours_duty=cast.rina)
    assert duty_of(cast.dodi) == {cast.rina}


def test_a_class_without_a_guru_bk_has_all_of_them(cast: Cast, clock: Clock) -> None:
    cast.dodi_class.counsellors.clear()
    assert duty_of(cast.dodi) == {cast.rina, cast.budi}


def test_who_has_left_is_not_waited_for(cast: Cast, clock: Clock) -> None:
    User.objects.filter(pk=cast.rina.pk).update(is_active=False)
    assert duty_of(cast.sari) == {cast.budi}


def test_with_no_guru_bk_at_all_the_head_is_told_at_once(
    cast: Cast, clock: Clock, plan: CrisisPlan
) -> None:
    User.objects.counsellors().of_school(cast.school.pk).update(is_active=False)
    say(cast.sari, DANGER)
    assert told(Case.objects.get()) == [(Step.HEAD, "Hadi", 0)]


def test_nobody_of_another_school_is_told(case: Case, clock: Clock, cast: Cast) -> None:
    clock.shift(timedelta(hours=1))
    sweep()
    others = Notification.objects.filter(recipient__in=[cast.tono, cast.other_admin, cast.admin])
    assert not others.exists()


# --- After hours -------------------------------------------------------------------------------


def next_at(cast: Cast, opened: str, clock: Clock) -> str:
    clock.move_to(opened)
    say(cast.sari, DANGER)
    due = Case.objects.get().next_at
    assert due
    return timezone.localtime(due, cast.school.zone).strftime("%a %H.%M")


def test_at_night_the_clock_runs_on_unless_the_plan_says_otherwise(
    cast: Cast, clock: Clock, plan: CrisisPlan
) -> None:
    assert next_at(cast, FRIDAY_EVENING, clock) == "Fri 19.05"


@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        (FRIDAY_EVENING, "Mon 07.05"),
        (SATURDAY_NOON, "Mon 07.05"),
        ("2026-11-23T23:00:00Z", "Tue 07.05"),  # Tuesday, 06.00
        ("2026-11-24T07:58:00Z", "Wed 07.03"),  # Tuesday, 14.58: two of five minutes are over
        ("2026-11-24T03:00:00Z", "Tue 10.05"),
    ],
)
def test_a_plan_may_count_school_time_only(
    cast: Cast, clock: Clock, plan: CrisisPlan, opened: str, expected: str
) -> None:
    CrisisPlan.objects.filter(pk=plan.pk).update(rings_after_hours=False)
    assert next_at(cast, opened, clock) == expected


def test_even_then_the_first_is_told_at_once_and_the_next_on_monday(
    cast: Cast, clock: Clock, plan: CrisisPlan
) -> None:
    CrisisPlan.objects.filter(pk=plan.pk).update(rings_after_hours=False)
    clock.move_to(SATURDAY_NOON)
    say(cast.sari, DANGER)
    case = Case.objects.get()
    clock.move_to("2026-11-30T00:04:00Z")  # Monday, 07.04
    sweep()
    assert told(case) == [DUTY]
    clock.shift(timedelta(minutes=1))
    sweep()
    assert [step for step, _, _ in told(case)] == [Step.DUTY, Step.SECOND, Step.SECOND]


def test_on_a_holiday_the_plan_goes_by_its_after_hours_part(
    cast: Cast, clock: Clock, plan: CrisisPlan
) -> None:
    cast.school.holidays.create(
        name="Hari Guru", starts_on=date(2026, 11, 24), ends_on=date(2026, 11, 25)
    )
    cast.school.days.update(on_duty=cast.budi)
    CrisisPlan.objects.filter(pk=plan.pk).update(
        rings_after_hours=False, after_hours_duty=cast.rina
    )
    assert next_at(cast, "2026-11-24T03:00:00Z", clock) == "Thu 07.05"
    assert told(Case.objects.get()) == [DUTY]


def test_a_school_that_never_opens_still_goes_on(
    cast: Cast, clock: Clock, plan: CrisisPlan
) -> None:
    CrisisPlan.objects.filter(pk=plan.pk).update(rings_after_hours=False)
    cast.school.days.all().delete()
    assert next_at(cast, SATURDAY_NOON, clock) == "Sat 12.05"


def test_the_hours_are_those_of_the_schools_own_clock(cast: Cast, clock: Clock) -> None:
    CrisisPlan.objects.filter(school=cast.other_school).update(rings_after_hours=False)
    cast.other_school.days.update(opens_at=time(7), closes_at=time(12))
    make_guru(cast.other_school, "Bu Wayan")
    clock.move_to("2026-11-24T04:30:00Z")  # 11.30 in Jakarta, 12.30 in Makassar
    say(cast.tia, DANGER)
    due = Case.objects.get().next_at
    assert due
    local = timezone.localtime(due, cast.other_school.zone)
    assert local.strftime("%a %H.%M") == "Wed 07.05"
