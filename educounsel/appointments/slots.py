"""The times a student can ask for: a Guru BK's weekly hours, less what is taken of either day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.appointments.models import NOTICE, Availability, Hold, ticks_of
from educounsel.schools.models import Holiday

DAYS = 14


@dataclass(frozen=True)
class Slot:
    starts_at: datetime
    ends_at: datetime
    is_free: bool

    @property
    def time(self) -> str:
        """As the page and its address write it."""
        return f"{timezone.localtime(self.starts_at):%H.%M}"

    @property
    def minutes(self) -> int:
        return (self.ends_at - self.starts_at) // timedelta(minutes=1)


@dataclass(frozen=True)
class Day:
    date: date
    slots: list[Slot]

    @property
    def free_count(self) -> int:
        return sum(slot.is_free for slot in self.slots)

    @property
    def lengths(self) -> list[int]:
        return sorted({slot.minutes for slot in self.slots})


def days_for(student: User, counsellor: User) -> list[Day]:
    """Today and the 13 days after it, in the school's time; what begins too soon is left out, and
    a holiday of the school has nothing to choose."""
    zone = student.school.zone
    first = timezone.localdate(timezone=zone)
    holidays = list(student.school.holidays.filter(ends_on__gte=first))
    hours = list(Availability.objects.open_to(student).filter(counsellor=counsellor))
    taken = _ticks_taken(student, counsellor)
    return [
        Day(day, [] if _is_closed(day, holidays) else list(_slots_on(day, hours, zone, taken)))
        for day in (first + timedelta(days=ahead) for ahead in range(DAYS))
    ]


def find_slot(student: User, counsellor: User, starts_at: datetime) -> Slot | None:
    """The slot that begins then; None when there is none, or no longer."""
    slots = (slot for day in days_for(student, counsellor) for slot in day.slots)
    return next((slot for slot in slots if slot.starts_at == starts_at), None)


def _ticks_taken(student: User, counsellor: User) -> set[datetime]:
    holds = Hold.objects.filter(person__in=[student, counsellor], tick__gt=timezone.now())
    return set(holds.values_list("tick", flat=True))


def _is_closed(day: date, holidays: list[Holiday]) -> bool:
    return any(holiday.covers(day) for holiday in holidays)


def _slots_on(
    day: date, hours: list[Availability], zone: ZoneInfo, taken: set[datetime]
) -> Iterator[Slot]:
    earliest = timezone.now() + NOTICE
    for opening in hours:
        if opening.weekday == day.weekday():
            yield from (
                slot for slot in _cut(opening, day, zone, taken) if slot.starts_at >= earliest
            )


def _cut(opening: Availability, day: date, zone: ZoneInfo, taken: set[datetime]) -> Iterator[Slot]:
    length = timedelta(minutes=opening.slot_minutes)
    starts_at = datetime.combine(day, opening.starts_at, zone).astimezone(UTC)
    closes_at = datetime.combine(day, opening.ends_at, zone)
    while (ends_at := starts_at + length) <= closes_at:
        yield Slot(starts_at, ends_at, taken.isdisjoint(ticks_of(starts_at, ends_at)))
        starts_at = ends_at
