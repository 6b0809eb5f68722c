"""Once the evening before, once an hour before, by the clock of the school."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from educounsel.accounts.models import User
from educounsel.appointments import booking
from educounsel.appointments.models import Appointment
from educounsel.appointments.reminding import remind
from educounsel.notifications.models import Notification
from educounsel.schools.models import School, TimeZone
from tests.appointments.diary import THURSDAY_9, ask
from tests.cast import Cast

EVE_16, EVE_21 = THURSDAY_9 - timedelta(hours=17), THURSDAY_9 - timedelta(hours=12)
DAY, HOUR, SOON = "Besok ada janji", "Satu jam lagi", "Sebentar lagi bertemu"


@pytest.fixture
def agreed(school_week: Cast) -> Appointment:
    appointment = ask(school_week.sari, school_week.rina)
    booking.confirm(appointment)
    return Appointment.objects.get()


def told() -> list[str]:
    return list(
        Notification.objects.filter(kind="reminder").order_by("pk").values_list("title", flat=True)
    )


def test_both_are_reminded_once_the_evening_before_and_an_hour_before(
    school_week: Cast, agreed: Appointment, clock: time_machine.Traveller
) -> None:
    clock.move_to(EVE_16 - timedelta(minutes=1))
    remind()
    assert told() == []
    for moment in (EVE_16, EVE_16 + timedelta(minutes=1), THURSDAY_9 - timedelta(hours=1)):
        clock.move_to(moment)
        remind()
        remind()
    assert told() == [DAY, DAY, HOUR, HOUR]
    rows = Notification.objects.order_by("pk")
    assert [(row.recipient, row.url, row.text) for row in rows[:2]] == [
        (
            school_week.sari,
            f"/student/appointments/{agreed.pk}",
            "Dengan Bu Rina Nuraini: Kamis, 26 November, 09.00 WIB.",
        ),
        (
            school_week.rina,
            f"/guru/appointments/{agreed.pk}",
            "Dengan Sari Amelia: Kamis, 26 November, 09.00 WIB.",
        ),
    ]


@pytest.mark.parametrize(
    ("moment", "titles"),
    [
        (EVE_21 - timedelta(minutes=1), [DAY, DAY]),
        (EVE_21, []),
        (THURSDAY_9 - timedelta(minutes=61), []),
        (THURSDAY_9 - timedelta(minutes=20), [SOON, SOON]),
        (THURSDAY_9, []),
        (THURSDAY_9 + timedelta(hours=1), []),
    ],
)
def test_a_late_start_says_what_is_true_then(
    agreed: Appointment,
    clock: time_machine.Traveller,
    moment: datetime,
    titles: list[str],
) -> None:
    clock.move_to(moment)
    remind()
    assert told() == titles


@pytest.mark.parametrize(("zone", "utc_hour"), [("WIB", 9), ("WITA", 8), ("WIT", 7)])
def test_the_evening_is_that_of_the_school(
    school_week: Cast, clock: time_machine.Traveller, zone: str, utc_hour: int
) -> None:
    School.objects.update(timezone=TimeZone[zone])
    nine = datetime(2026, 11, 26, utc_hour - 7, tzinfo=UTC)
    sari, rina = (User.objects.get(pk=one.pk) for one in (school_week.sari, school_week.rina))
    booking.confirm(ask(sari, rina, nine))
    clock.move_to(datetime(2026, 11, 25, utc_hour, tzinfo=UTC) - timedelta(seconds=1))
    remind()
    assert told() == []
    clock.move_to(datetime(2026, 11, 25, utc_hour, tzinfo=UTC))
    remind()
    assert told() == [DAY, DAY]
    assert f"09.00 {zone}" in Notification.objects.latest("pk").text


def test_a_moved_one_is_reminded_of_anew_and_a_cancelled_one_is_not(
    school_week: Cast, agreed: Appointment, clock: time_machine.Traveller
) -> None:
    clock.move_to(EVE_16)
    remind()
    booking.move(agreed, THURSDAY_9 + timedelta(weeks=1), "")
    clock.move_to(THURSDAY_9 - timedelta(hours=1))
    remind()
    assert told() == [DAY, DAY]
    clock.move_to(EVE_16 + timedelta(weeks=1))
    remind()
    assert told() == [DAY] * 4
    booking.cancel(Appointment.objects.get(), "Sakit")
    clock.move_to(THURSDAY_9 + timedelta(weeks=1, minutes=-30))
    remind()
    assert told() == [DAY] * 4


def test_what_waits_for_an_answer_or_was_agreed_this_evening_is_not_reminded_of(
    school_week: Cast, clock: time_machine.Traveller
) -> None:
    ask(school_week.dodi, school_week.budi)
    clock.move_to(EVE_16)
    booking.confirm(ask(school_week.sari, school_week.rina))
    remind()
    assert told() == []
