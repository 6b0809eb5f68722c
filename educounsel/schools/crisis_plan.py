"""Who has to be told when a student may be in danger: on which day, in which order, how soon."""

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.schools.models import ClassGroup, CrisisPlan, Holiday, School, SchoolDay

# Longer than the longest holiday, that between two school years.
DAYS_AHEAD = 60
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
    days = plans.prefetch_related("school__days__on_duty", "school__holidays")
    # A school without a row of its own still reaches its people, by the defaults.
    return days.filter(school_id=school_id).first() or CrisisPlan(
        school=School.objects.get(pk=school_id)
    )


def on_duty(plan: CrisisPlan, now: datetime, student: User | None) -> list[User]:
    """By the plan where it names somebody, or else by the class, or else everybody."""
    day = day_of(plan, now)
    named = day.on_duty if day else plan.after_hours_duty
    if named and named.is_active and named.is_guru_bk:
        return [named]
    everybody = counsellors_in(plan.school_id)
    classes = ClassGroup.objects.current().of_school(plan.school_id)
    if student:
        sits_in = classes.filter(enrolments__student=student)
    else:  # a drill: as for a student of the first class that has a Guru BK
        sits_in = classes.filter(counsellors__in=everybody)[:1]
    return list(everybody.filter(class_groups__in=sits_in).distinct()) or list(everybody)


def counsellors_in(school_id: int) -> QuerySet[User]:
    return User.objects.active().counsellors().of_school(school_id)


# --- School hours, by the school's own clock ---------------------------------------------------


def day_of(plan: CrisisPlan, now: datetime) -> SchoolDay | None:
    """The school day that runs at this moment."""
    local = timezone.localtime(now, plan.school.zone)
    day = _day(plan, local.date())
    return day if day and day.opens_at <= local.time() < day.closes_at else None


def holiday_of(plan: CrisisPlan, now: datetime) -> Holiday | None:
    return _holiday(plan, timezone.localdate(now, plan.school.zone))


def due_at(plan: CrisisPlan, since: datetime, wait: timedelta) -> datetime:
    """When a wait is over: by the clock, or after so much school time where the plan says so."""
    return since + wait if plan.rings_after_hours else after_school_time(plan, since, wait)


def after_school_time(plan: CrisisPlan, since: datetime, wait: timedelta) -> datetime:
    """When so much time has passed in which the school was open."""
    for opens, closes in _sessions(plan, since):
        start = max(opens, since)
        if start + wait < closes:
            return start + wait
        wait -= max(closes - start, timedelta())
    return since + wait  # a school that never opens: nobody may wait for ever


def next_opening(plan: CrisisPlan, now: datetime) -> datetime | None:
    return next((opens for opens, _ in _sessions(plan, now) if opens > now), None)


def _sessions(plan: CrisisPlan, since: datetime) -> list[tuple[datetime, datetime]]:
    """From the day of `since` on."""
    zone = plan.school.zone
    first = timezone.localdate(since, zone)
    dates = [first + timedelta(days=number) for number in range(DAYS_AHEAD)]
    return [
        (datetime.combine(on, day.opens_at, zone), datetime.combine(on, day.closes_at, zone))
        for on in dates
        if (day := _day(plan, on))
    ]


def _day(plan: CrisisPlan, on: date) -> SchoolDay | None:
    if _holiday(plan, on):
        return None
    return next((day for day in plan.school.days.all() if day.weekday == on.weekday()), None)


def _holiday(plan: CrisisPlan, on: date) -> Holiday | None:
    holidays = plan.school.holidays.all()
    return next((each for each in holidays if each.covers(on)), None)
