"""Threads on a real database: what the constraints decide when everybody asks at once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from educounsel.appointments import booking, waiting
from educounsel.appointments.models import Appointment, Availability, Hold, Offer, Status, Waiting
from tests.appointments.diary import THURSDAY_9, ask
from tests.cast import Cast
from tests.factories import make_student

EIGHT = THURSDAY_9 - timedelta(hours=1)
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[str]:
    """What became of each call: "done", or the name of what it raised."""
    start = Barrier(len(calls))

    def run(call: Callable[[], object]) -> str:
        start.wait()
        try:
            call()
        except Exception as error:
            return type(error).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_fifty_students_one_has_the_slot(school_week: Cast) -> None:
    students = [make_student(school_week.sari_class) for _ in range(50)]
    outcome = at_once(*(lambda who=who: ask(who, school_week.rina) for who in students))
    assert Counter(outcome) == {"done": 1, "SlotTaken": 49}
    assert (Appointment.objects.count(), Hold.objects.count()) == (1, 4)


def test_one_student_asks_two_guru_bk_at_once(school_week: Cast) -> None:
    sari = school_week.sari
    outcome = at_once(
        *(lambda guru=guru: ask(sari, guru) for guru in (school_week.rina, school_week.budi) * 5)
    )
    assert Counter(outcome) == {"done": 1, "SlotTaken": 9}


def test_one_form_sent_ten_times_at_once_is_one_appointment(school_week: Cast) -> None:
    key = uuid4()
    outcome = at_once(*[lambda: ask(school_week.sari, school_week.rina, key=key)] * 10)
    assert outcome == ["done"] * 10
    assert Appointment.objects.count() == 1


def test_a_slot_that_is_cancelled_and_asked_for_at_once_has_one_owner(school_week: Cast) -> None:
    first = ask(school_week.sari, school_week.rina)
    outcome = at_once(
        lambda: booking.withdraw(first), lambda: ask(school_week.dodi, school_week.rina)
    )
    assert outcome[0] == "done"
    standing = Appointment.objects.standing().count()
    assert (outcome[1], standing) in {("done", 1), ("SlotTaken", 0)}
    assert Hold.objects.count() == 4 * standing


def test_confirmed_and_withdrawn_at_once_ends_in_one_state(school_week: Cast) -> None:
    first = ask(school_week.sari, school_week.rina)
    outcome = at_once(
        lambda: booking.withdraw(first),
        lambda: booking.confirm(first),
        lambda: booking.decline(first, "Ada rapat"),
    )
    settled = Appointment.objects.get()
    assert set(outcome) <= {"done", "AlreadyDecided"}
    assert settled.status in {Status.CANCELLED, Status.DECLINED}
    assert not settled.holds.exists()


def test_two_moves_to_one_slot_at_once_end_in_one(school_week: Cast) -> None:
    two = [ask(school_week.sari, school_week.rina), ask(school_week.dodi, school_week.rina, EIGHT)]
    free = THURSDAY_9 + timedelta(minutes=30)
    outcome = at_once(*(lambda one=one: booking.move(one, free, "") for one in two))
    assert Counter(outcome) == {"done": 1, "SlotTaken": 1}
    assert Hold.objects.count() == 8


def test_a_move_tapped_five_times_at_once_is_one(school_week: Cast) -> None:
    asked = ask(school_week.sari, school_week.rina)
    outcome = at_once(*[lambda: booking.move(asked, EIGHT, "")] * 5)
    assert outcome == ["done"] * 5
    moved = Appointment.objects.get()
    assert (moved.moves, moved.former_times.count(), Hold.objects.count()) == (1, 1, 4)


def test_moved_by_both_at_once_it_is_at_one_time(school_week: Cast) -> None:
    asked = ask(school_week.sari, school_week.rina)
    later = THURSDAY_9 + timedelta(minutes=30)
    outcome = at_once(
        lambda: booking.move(asked, EIGHT, ""), lambda: booking.ask_to_move(asked, later)
    )
    assert Counter(outcome) == {"done": 1, "AlreadyDecided": 1}
    assert (Appointment.objects.get().moves, Hold.objects.count()) == (1, 4)


def an_offer_to(cast: Cast) -> Offer:
    days = {"from_day": date(2026, 11, 23), "until_day": date(2026, 11, 27)}
    waiting.wait(cast.sari, Waiting(counsellor=cast.rina, topic="x", **days))
    waiting.serve(cast.rina.pk)
    return Offer.objects.get()


def test_an_offer_taken_ten_times_at_once_is_one_appointment(school_week: Cast) -> None:
    offer = an_offer_to(school_week)
    assert at_once(*[lambda: booking.accept_offer(offer)] * 10) == ["done"] * 10
    assert (Appointment.objects.count(), Hold.objects.count()) == (1, 4)


def test_taken_and_let_go_at_once_it_is_one_of_them(school_week: Cast) -> None:
    offer = an_offer_to(school_week)
    at_once(lambda: booking.accept_offer(offer), lambda: waiting.refuse(offer))
    assert Hold.objects.count() == 4 * Appointment.objects.count()


def offered_to_sari_while_dodi_waits(cast: Cast) -> Offer:
    """Of Thursday 9.00 alone, so that whoever has it has it from the other."""
    Availability.objects.filter(counsellor=cast.rina).update(starts_at=time(9), ends_at=time(9, 30))
    offer = an_offer_to(cast)
    days = {"from_day": offer.waiting.from_day, "until_day": offer.waiting.until_day}
    waiting.wait(cast.dodi, Waiting(counsellor=cast.rina, topic="x", **days))
    return offer


def test_at_its_lapse_an_offer_is_nobodys_and_the_next_has_it_once(
    school_week: Cast, clock: time_machine.Traveller
) -> None:
    offer = offered_to_sari_while_dodi_waits(school_week)
    clock.move_to(offer.expires_at)
    takes, lapses = [lambda: booking.accept_offer(offer)] * 4, [waiting.serve_everybody] * 4
    assert at_once(*takes, *lapses) == ["OfferOver"] * 4 + ["done"] * 4
    now = Offer.objects.open().get()
    assert (now.waiting.student, now.starts_at) == (school_week.dodi, offer.starts_at)
    assert (Appointment.objects.count(), Hold.objects.count()) == (0, 4)


@pytest.mark.parametrize("early", [timedelta(milliseconds=each) for each in (0, 5, 10, 20, 40)])
def test_taken_while_the_lapse_passes_it_is_either_theirs_or_the_nexts(
    school_week: Cast, early: timedelta
) -> None:
    """The clock runs: one thread may still be in time, and the other already late."""
    offer = offered_to_sari_while_dodi_waits(school_week)
    with time_machine.travel(offer.expires_at - early, tick=True):
        at_once(lambda: booking.accept_offer(offer), *[waiting.serve_everybody] * 3)
    with time_machine.travel(offer.expires_at + early, tick=True):
        waiting.serve_everybody()
    owners = [*Appointment.objects.values_list("student", flat=True)]
    owners += Offer.objects.open().values_list("waiting__student", flat=True)
    assert len(owners) == 1
    assert set(Hold.objects.values_list("person", flat=True)) == {*owners, school_week.rina.pk}
    assert Hold.objects.count() == 4


def test_who_leaves_while_the_line_is_served_keeps_no_slot(school_week: Cast) -> None:
    days = {"from_day": date(2026, 11, 23), "until_day": date(2026, 11, 27)}
    waiting.wait(school_week.sari, Waiting(counsellor=school_week.rina, topic="x", **days))
    place = Waiting.objects.get()
    outcome = at_once(
        *[lambda: waiting.serve(school_week.rina.pk)] * 3, lambda: waiting.leave(place)
    )
    assert outcome == ["done"] * 4
    assert not Hold.objects.exists()
    assert not Offer.objects.open().exists()


def test_taken_and_left_at_once_no_slot_is_kept_for_nobody(school_week: Cast) -> None:
    offer = an_offer_to(school_week)
    outcome = at_once(lambda: booking.accept_offer(offer), lambda: waiting.leave(offer.waiting))
    assert outcome[0] in {"done", "OfferOver"}
    assert outcome[1] == "done"
    assert Hold.objects.count() == 4 * Appointment.objects.count()


def test_two_frees_at_once_offer_one_slot_to_one_person_each(school_week: Cast) -> None:
    days = {"from_day": date(2026, 11, 23), "until_day": date(2026, 11, 27)}
    for student in (school_week.sari, school_week.dodi):
        waiting.wait(student, Waiting(counsellor=school_week.rina, topic="x", **days))
    outcome = at_once(*[lambda: waiting.serve(school_week.rina.pk)] * 4)
    assert outcome == ["done"] * 4
    slots = Offer.objects.values_list("waiting__student", "starts_at")
    assert (len(slots), len({at for _, at in slots}), Hold.objects.count()) == (2, 2, 8)
