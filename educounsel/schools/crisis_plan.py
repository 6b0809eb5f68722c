"""Who has to be told when a student may be in danger: on which day, in which order, how soon."""

from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.schools.models import ClassGroup, CrisisPlan, School, SchoolDay

MONDAY_TO_FRIDAY, OPENS, CLOSES = range(5), time(7), time(15)


def lay_plan(school: School) -> None:
    """What a school starts with: Monday to Friday, seven to three, and the shortest waits."""
    CrisisPlan.objects.create(school=school)
    SchoolDay.objects.bulk_create(
        SchoolDay(school=school, weekday=day, opens_at=OPENS, closes_at=CLOSES)
        for day in MONDAY_TO_FRIDAY
    )


def plan_of(school_id: int) -> CrisisPlan:
    plans = CrisisPlan.objects.select_related("school", "coordinator", "head", "after_hours_duty")
    days = plans.prefetch_related("school__days__on_duty")
    # A school without a row of its own still reaches its people, by the defaults.
    return days.filter(school_id=school_id).first() or CrisisPlan(
        school=School.objects.get(pk=school_id)
    )


def on_duty(plan: CrisisPlan, now: datetime, student: User | None) -> list[User]:
    """By the plan where it names somebody, or else by the class, or else everybody."""
    day = day_of(plan, now)
    named = day.on_duty if day else plan.after_hours_duty
    if named and named.is_active:
        return [named]
    everybody = counsellors_in(plan.school_id)
    if student is None:
        return list(everybody)
    sits_in = ClassGroup.objects.current().filter(enrolments__student=student)
    return list(everybody.filter(class_groups__in=sits_in).distinct()) or list(everybody)


def counsellors_in(school_id: int) -> QuerySet[User]:
    return User.objects.active().counsellors().of_school(school_id)


# --- School hours, by the school's own clock ---------------------------------------------------


def day_of(plan: CrisisPlan, now: datetime) -> SchoolDay | None:
    """The school day that runs at this moment."""
    local = timezone.localtime(now, plan.school.zone)
    day = _day(plan, local.weekday())
    return day if day and day.opens_at <= local.time() < day.closes_at else None


def due_at(plan: CrisisPlan, since: datetime, wait: timedelta) -> datetime:
    """When a wait is over: by the clock, or after so much school time where the plan says so."""
    if plan.rings_after_hours:
        return since + wait
    for opens, closes in _sessions(plan, since):
        start = max(opens, since)
        if start + wait < closes:
            return start + wait
        wait -= max(closes - start, timedelta())
    return since + wait  # a school that never opens: nobody may wait for ever


def next_opening(plan: CrisisPlan, now: datetime) -> datetime | None:
    return next((opens for opens, _ in _sessions(plan, now) if opens > now), None)


def _sessions(plan: CrisisPlan, since: datetime) -> list[tuple[datetime, datetime]]:
    """From the day of `since`, two weeks on."""
    zone = plan.school.zone
    first = timezone.localdate(since, zone)
    dates = [first + timedelta(days=number) for number in range(15)]
    return [
        (datetime.combine(date, day.opens_at, zone), datetime.combine(date, day.closes_at, zone))
        for date in dates
        if (day := _day(plan, date.weekday()))
    ]


def _day(plan: CrisisPlan, weekday: int) -> SchoolDay | None:
    return next((day for day in plan.school.days.all() if day.weekday == weekday), None)
