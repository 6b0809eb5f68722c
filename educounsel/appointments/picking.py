"""What the address of the booking page says, read as this student may mean it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import Http404

from educounsel.accounts.models import User
from educounsel.appointments.slots import Day, Slot, days_for
from educounsel.schools.people import counsellors_of


@dataclass(frozen=True)
class Picking:
    counsellors: list[User]
    counsellor: User | None = None
    days: list[Day] = field(default_factory=list)
    day: Day | None = None
    time: str = ""

    @property
    def slot(self) -> Slot | None:
        """The free slot that the address asks for."""
        slots = self.day.slots if self.day else []
        return next((slot for slot in slots if slot.is_free and slot.time == self.time), None)


def pick(student: User, address: Mapping[str, str]) -> Picking:
    """A day that cannot be chosen any more gives way to the next free one.

    Raises Http404 when the address names somebody whom this student may not meet.
    """
    counsellors = list(counsellors_of(student))
    if "guru" not in address:
        return Picking(counsellors)
    counsellor = _named(address["guru"], counsellors)
    days = days_for(student, counsellor)
    day = _chosen_day(address.get("hari", ""), days)
    return Picking(counsellors, counsellor, days, day, address.get("jam", ""))


def _named(pk: str, counsellors: list[User]) -> User:
    for counsellor in counsellors:
        if str(counsellor.pk) == pk:
            return counsellor
    raise Http404


def _chosen_day(asked: str, days: list[Day]) -> Day | None:
    free = [day for day in days if day.free_count]
    same = [day for day in free if day.date.isoformat() == asked]
    return next(iter(same or free), None)
