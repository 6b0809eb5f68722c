"""Monday morning, 23 November 2026, and a Guru BK who can be met on Thursdays from 8 to 10."""

from datetime import datetime, time
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from educounsel.accounts.models import User
from educounsel.appointments.booking import book
from educounsel.appointments.models import Appointment, Availability
from educounsel.schools.models import Weekday

MONDAY_8 = "2026-11-23T01:00:00Z"  # 08.00 WIB
WIB = ZoneInfo("Asia/Jakarta")
THURSDAY_9 = datetime(2026, 11, 26, 9, tzinfo=WIB)


def open_hours(
    guru: User,
    weekday: Weekday = Weekday.THURSDAY,
    hours: tuple[int, int] = (8, 10),
    minutes: int = 30,
) -> Availability:
    return Availability.objects.create(
        counsellor=guru,
        weekday=weekday,
        starts_at=time(hours[0]),
        ends_at=time(hours[1]),
        slot_minutes=minutes,
    )


def ask(
    student: User, guru: User, starts_at: datetime = THURSDAY_9, key: UUID | None = None
) -> Appointment:
    return book(student, guru, starts_at, "Susah tidur", "Sudah seminggu", key or uuid4())
