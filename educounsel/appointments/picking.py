"""What the address of the booking page says, read as this student may mean it.

`?guru=12` names the Guru BK, `&hari=2026-11-24&jam=08.30` the slot. `?segera=1` asks for the next
free slot of the student's own Guru BK, or of `guru`; whatever else stands there, that page opens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.http import Http404

from educounsel.accounts.models import User
from educounsel.appointments.models import Appointment
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
    if "segera" in address:
        return _soonest(student, counsellors, address.get("guru", ""))
    if "guru" not in address:
        return Picking(counsellors)
    counsellor = _named(address["guru"], counsellors)
    days = days_for(student, counsellor)
    day = _chosen_day(address.get("hari", ""), days)
    return Picking(counsellors, counsellor, days, day, address.get("jam", ""))


def pick_another(appointment: Appointment, address: Mapping[str, str]) -> Picking:
    """The free slots that this appointment could move to."""
    counsellor = appointment.counsellor
    days = days_for(appointment.student, counsellor)
    day = _chosen_day(address.get("hari", ""), days)
    return Picking([counsellor], counsellor, days, day, address.get("jam", ""))


def _named(pk: str, counsellors: list[User]) -> User:
    for counsellor in counsellors:
        if str(counsellor.pk) == pk:
            return counsellor
    raise Http404


def _chosen_day(asked: str, days: list[Day]) -> Day | None:
    free = [day for day in days if day.free_count]
    same = [day for day in free if day.date.isoformat() == asked]
    return next(iter(same or free), None)


def _soonest(student: User, counsellors: list[User], named: str) -> Picking:
    """Where none of the student's own has a free slot, the page of the first of them says so."""
    own = [one for one in counsellors if one.is_own]  # type: ignore[attr-defined]
    asked = [counsellor for counsellor in counsellors if str(counsellor.pk) == named]
    found = [_next_of(student, counsellors, one) for one in asked or own or counsellors]
    free = [picking for picking in found if picking.slot]
    return min(free, key=_begins, default=found[0] if found else Picking(counsellors))


def _next_of(student: User, counsellors: list[User], counsellor: User) -> Picking:
    days = days_for(student, counsellor)
    day = _chosen_day("", days)
    time = next((slot.time for slot in day.slots if slot.is_free), "") if day else ""
    return Picking(counsellors, counsellor, days, day, time)


def _begins(picking: Picking) -> datetime:
    return picking.slot.starts_at if picking.slot else datetime.max.replace(tzinfo=UTC)
