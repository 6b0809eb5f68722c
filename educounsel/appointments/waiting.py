"""The waiting list of a Guru BK: who is first in line is offered what becomes free.

An offer keeps its slot by Hold rows, as an appointment does, so that nobody else books it.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.appointments import notices
from educounsel.appointments.models import NOTICE, Hold, Offer, Waiting, ticks_of
from educounsel.appointments.slots import Slot, days_for
from educounsel.notifications.notify import notify
from educounsel.schools.crisis_plan import after_school_time, plan_of

# So much time in which the school is open, to say yes or no; with less than SHORTEST left until
# the slot can be booked by nobody, it is offered to nobody.
TO_ANSWER, SHORTEST = timedelta(hours=2), timedelta(minutes=15)
Outcome = Offer.Outcome


def wait(student: User, waiting: Waiting) -> None:
    """Puts the student in line; who stands there already keeps the place, with the new days."""
    days = {"from_day": waiting.from_day, "until_day": waiting.until_day, "topic": waiting.topic}
    in_line = Waiting.objects.in_line().filter(student=student, counsellor=waiting.counsellor)
    if in_line.update(**days):
        return
    try:
        with transaction.atomic():
            Waiting.objects.create(student=student, counsellor=waiting.counsellor, **days)
    except IntegrityError:  # the same form, sent a moment ago
        in_line.update(**days)


@transaction.atomic
def leave(waiting: Waiting) -> None:
    """The place first: whoever serves the line now either finds it gone, or has made its offer."""
    Waiting.objects.in_line().filter(pk=waiting.pk).update(ended_at=timezone.now())
    for offer in Offer.objects.open().filter(waiting=waiting):
        close(offer, Outcome.REFUSED)


@transaction.atomic
def refuse(offer: Offer) -> None:
    """The student stays in line for other slots. What became of the offer stands in it afterwards:
    it may have been taken meanwhile, or have lapsed."""
    close(offer, Outcome.REFUSED)
    offer.refresh_from_db(fields=["outcome", "appointment"])


def close(offer: Offer, outcome: Offer.Outcome) -> bool:
    """Gives the slot back. False when it was answered already, or has lapsed."""
    closed = Offer.objects.open().filter(pk=offer.pk).update(outcome=outcome)
    if closed:
        Hold.objects.filter(offer=offer).delete()
    return closed == 1


def serve_everybody() -> None:
    """Lapsed offers first, so that the next in line has what they kept."""
    now = timezone.now()
    for offer in Offer.objects.open().filter(expires_at__lte=now):
        with transaction.atomic():
            close(offer, Outcome.LAPSED)
    waited_for = Waiting.objects.in_line().values_list("counsellor", flat=True).order_by()
    for counsellor_id in waited_for.distinct():
        serve(counsellor_id)


@transaction.atomic
def serve(counsellor_id: int) -> None:
    """Offers what is free to those in line, first come first, one slot each."""
    # One after the other: two slots that become free at once go to two people.
    counsellor = User.objects.select_for_update(no_key=True).get(pk=counsellor_id)
    today = timezone.localdate(timezone=counsellor.school.zone)
    line = Waiting.objects.in_line().filter(counsellor=counsellor, until_day__gte=today)
    for waiting in line.select_related("student__school").exclude(offers__outcome=Outcome.OPEN):
        _offer_first_free(waiting, counsellor)


def _offer_first_free(waiting: Waiting, counsellor: User) -> None:
    offered = set(waiting.offers.values_list("starts_at", flat=True))
    for day in days_for(waiting.student, counsellor):
        if not waiting.from_day <= day.date <= waiting.until_day:
            continue
        for slot in day.slots:
            if slot.is_free and slot.starts_at not in offered and _offer(waiting, counsellor, slot):
                return


def _offer(waiting: Waiting, counsellor: User, slot: Slot) -> bool:
    """False where there is no time to answer, or somebody has just booked it or left the line."""
    expires_at = _until(counsellor, slot)
    if expires_at - timezone.now() < SHORTEST or not keep_place(waiting):
        return False
    try:
        with transaction.atomic():
            offer = Offer.objects.create(
                waiting=waiting,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                expires_at=expires_at,
            )
            Hold.objects.bulk_create(
                Hold(offer=offer, person_id=person_id, tick=tick)
                for person_id in sorted({waiting.student_id, counsellor.pk})
                for tick in ticks_of(slot.starts_at, slot.ends_at)
            )
    except IntegrityError:
        return False
    notify([waiting.student_id], notices.offered(offer, counsellor))
    return True


def keep_place(waiting: Waiting) -> bool:
    """Until this transaction ends nobody else offers, takes or leaves. False: no more in line."""
    place = Waiting.objects.in_line().filter(pk=waiting.pk)
    return bool(place.select_for_update(no_key=True))


def _until(counsellor: User, slot: Slot) -> datetime:
    plan = plan_of(counsellor.school_id)
    return min(after_school_time(plan, timezone.now(), TO_ANSWER), slot.starts_at - NOTICE)
