from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from educounsel.accounts.models import User
from educounsel.appointments.booking import SlotGone
from educounsel.appointments.models import Availability, ticks_of
from educounsel.appointments.slots import DAYS, days_for, find_slot
from educounsel.schools.models import Weekday
from tests.appointments.diary import THURSDAY_9, WIB, ask, open_hours
from tests.cast import Cast

THURSDAY = date(2026, 11, 26)


def times(student: User, guru: User, day: date = THURSDAY) -> dict[str, bool]:
    slots = next(found.slots for found in days_for(student, guru) if found.date == day)
    return {f"{slot.starts_at.astimezone(WIB):%H.%M}": slot.is_free for slot in slots}


def test_weekly_hours_are_cut_into_slots(school_week: Cast) -> None:
    assert times(school_week.sari, school_week.rina) == {
        "08.00": True,
        "08.30": True,
        "09.00": True,
        "09.30": True,
    }


def test_fourteen_days_begin_today_and_count_what_is_free(school_week: Cast) -> None:
    days = days_for(school_week.sari, school_week.rina)
    assert (len(days), days[0].date) == (DAYS, date(2026, 11, 23))
    assert {day.date: day.free_count for day in days if day.slots} == {
        THURSDAY: 4,
        THURSDAY + timedelta(weeks=1): 4,
    }


def test_what_does_not_fit_before_closing_is_no_slot(cast: Cast, clock: object) -> None:
    open_hours(cast.rina, hours=(8, 10), minutes=45)
    assert times(cast.sari, cast.rina) == {"08.00": True, "08.45": True}


def test_today_a_slot_begins_in_two_hours_at_the_earliest(cast: Cast, clock: object) -> None:
    open_hours(cast.rina, Weekday.MONDAY, (7, 11))
    assert list(times(cast.sari, cast.rina, date(2026, 11, 23))) == ["10.00", "10.30"]


def test_on_a_holiday_of_the_school_nothing_can_be_chosen(school_week: Cast) -> None:
    week_later = THURSDAY + timedelta(weeks=1)
    holidays = school_week.school.holidays
    holidays.create(name="Libur", starts_on=THURSDAY, ends_on=week_later - timedelta(days=1))
    assert times(school_week.sari, school_week.rina) == {}
    assert find_slot(school_week.sari, school_week.rina, THURSDAY_9) is None
    with pytest.raises(SlotGone):
        ask(school_week.sari, school_week.rina)
    assert times(school_week.sari, school_week.rina, week_later) != {}
    assert times(school_week.tia, school_week.tono) != {}


def test_a_slot_asked_for_is_taken_for_everybody(school_week: Cast) -> None:
    ask(school_week.dodi, school_week.rina)
    assert times(school_week.sari, school_week.rina)["09.00"] is False
    assert times(school_week.dodi, school_week.rina)["09.00"] is False


def test_my_own_meeting_takes_my_time_with_others_but_not_theirs(school_week: Cast) -> None:
    ask(school_week.sari, school_week.rina)
    assert times(school_week.sari, school_week.budi)["09.00"] is False
    assert times(school_week.dodi, school_week.budi)["09.00"] is True


def test_a_long_meeting_takes_every_short_slot_it_touches(school_week: Cast) -> None:
    Availability.objects.filter(counsellor=school_week.budi).update(slot_minutes=45)
    ask(school_week.sari, school_week.budi, THURSDAY_9 - timedelta(minutes=15))
    assert times(school_week.sari, school_week.rina) == {
        "08.00": True,
        "08.30": False,
        "09.00": False,
        "09.30": True,
    }


def test_the_clock_is_that_of_the_school(school_week: Cast) -> None:
    first = days_for(school_week.tia, school_week.tono)[3].slots[0]
    assert first.starts_at == datetime(2026, 11, 26, 0, tzinfo=UTC)  # 08.00 WITA
    in_wib = days_for(school_week.sari, school_week.rina)[3].slots[0]
    assert in_wib.starts_at == datetime(2026, 11, 26, 1, tzinfo=UTC)  # 08.00 WIB


@time_machine.travel("2026-11-25T16:30:00Z", tick=False)
def test_today_begins_at_midnight_of_the_school(cast: Cast) -> None:
    open_hours(cast.rina), open_hours(cast.tono)
    assert days_for(cast.sari, cast.rina)[0].date == date(2026, 11, 25)  # 23.30 WIB
    assert days_for(cast.tia, cast.tono)[0].date == THURSDAY  # 00.30 WITA


@pytest.mark.parametrize("who", ["tono", "dodi", "admin"])
def test_nobody_else_has_slots_for_me(school_week: Cast, who: str) -> None:
    person = getattr(school_week, who)
    if who != "tono":
        open_hours(person)
    assert not any(day.slots for day in days_for(school_week.sari, person))


def test_a_guru_bk_who_left_has_no_slots(school_week: Cast) -> None:
    assert find_slot(school_week.sari, school_week.rina, THURSDAY_9)
    User.objects.filter(pk=school_week.rina.pk).update(is_active=False)
    assert find_slot(school_week.sari, school_week.rina, THURSDAY_9) is None


def test_fourteen_days_cost_the_same_however_full_they_are(school_week: Cast) -> None:
    sari, rina = school_week.sari, school_week.rina

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            days_for(sari, rina)
        return len(queries)

    empty = cost()
    for weekday in (Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.FRIDAY):
        open_hours(rina, weekday)
    for minutes in (-60, -30, 0, 30):
        ask(school_week.dodi, rina, THURSDAY_9 + timedelta(minutes=minutes))
    assert cost() == empty == 3


def test_ticks_are_every_quarter_hour_that_is_touched() -> None:
    begins = THURSDAY_9 + timedelta(minutes=10)
    assert list(ticks_of(begins, begins + timedelta(minutes=10))) == [
        THURSDAY_9,
        THURSDAY_9 + timedelta(minutes=15),
    ]
