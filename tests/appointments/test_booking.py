from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django_ox.models import OxTask

from educounsel.accounts.models import User
from educounsel.appointments import booking
from educounsel.appointments.models import Appointment, Availability, Hold, Status
from educounsel.appointments.slots import find_slot
from tests.appointments.diary import THURSDAY_9, ask
from tests.cast import Cast


def jobs() -> list[tuple[str, list[object]]]:
    """What was asked of the workers: the last word of each task, and with what."""
    rows = OxTask.objects.values_list("task_path", "args")
    return sorted(((path.rpartition("_")[2], args) for path, args in rows), key=str)


def test_asking_holds_the_time_of_both_people(school_week: Cast) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    assert (appointment.status, appointment.ends_at - appointment.starts_at) == (
        Status.PENDING,
        timedelta(minutes=30),
    )
    ticks = [THURSDAY_9, THURSDAY_9 + timedelta(minutes=15)]
    assert sorted(Hold.objects.values_list("person", "tick")) == sorted(
        (person.pk, tick) for person in (school_week.sari, school_week.rina) for tick in ticks
    )
    assert jobs() == [("notification", [appointment.pk])]


def test_a_slot_is_given_once(school_week: Cast) -> None:
    ask(school_week.sari, school_week.rina)
    with pytest.raises(booking.SlotTaken):
        ask(school_week.dodi, school_week.rina)
    assert Appointment.objects.get().student == school_week.sari


def test_nobody_is_in_two_rooms_at_once(school_week: Cast) -> None:
    ask(school_week.sari, school_week.rina)
    with pytest.raises(booking.SlotTaken):
        ask(school_week.sari, school_week.budi)
    assert Appointment.objects.count() == 1


def test_meetings_of_different_lengths_do_not_overlap(school_week: Cast) -> None:
    ask(school_week.dodi, school_week.rina)
    Availability.objects.filter(counsellor=school_week.rina).update(slot_minutes=60)
    with pytest.raises(booking.SlotTaken):
        ask(school_week.sari, school_week.rina)
    assert ask(school_week.sari, school_week.rina, THURSDAY_9 - timedelta(hours=1)).minutes == 60


def test_the_database_refuses_what_the_check_before_it_missed(school_week: Cast) -> None:
    """The slot was free when it was looked at; somebody else has it by the time it is written."""
    slot = find_slot(school_week.sari, school_week.rina, THURSDAY_9)
    assert slot
    ask(school_week.dodi, school_week.rina)
    with pytest.raises(booking.SlotTaken):
        booking._ask(school_week.sari, school_week.rina, slot, topic="x", note="", key=uuid4())
    assert Appointment.objects.get().student == school_week.dodi
    assert len(jobs()) == 1


@pytest.mark.parametrize(
    "away",
    [
        timedelta(weeks=-1),
        timedelta(minutes=10),
        timedelta(hours=1),
        timedelta(days=1),
        timedelta(weeks=2),
    ],
    ids=["past", "between slots", "after hours", "another day", "too far ahead"],
)
def test_only_a_slot_of_the_weekly_hours_can_be_asked_for(
    school_week: Cast, away: timedelta
) -> None:
    with pytest.raises(booking.SlotGone):
        ask(school_week.sari, school_week.rina, THURSDAY_9 + away)
    assert (Appointment.objects.count(), jobs()) == (0, [])


def test_a_slot_goes_two_hours_before_it_begins(
    school_week: Cast, clock: time_machine.Traveller
) -> None:
    clock.move_to(THURSDAY_9 - timedelta(hours=2) + timedelta(seconds=1))
    with pytest.raises(booking.SlotGone):
        ask(school_week.sari, school_week.rina)
    clock.move_to(THURSDAY_9 - timedelta(hours=2))
    assert ask(school_week.sari, school_week.rina).starts_at == THURSDAY_9


def test_hours_that_were_closed_meanwhile_are_gone(school_week: Cast) -> None:
    Availability.objects.filter(counsellor=school_week.rina).delete()
    with pytest.raises(booking.SlotGone):
        ask(school_week.sari, school_week.rina)


def test_a_guru_bk_of_another_school_cannot_be_asked(school_week: Cast) -> None:
    with pytest.raises(booking.SlotGone):
        ask(school_week.sari, school_week.tono, THURSDAY_9)
    assert ask(school_week.tia, school_week.tono, THURSDAY_9 - timedelta(hours=1))


def test_the_same_form_twice_is_one_appointment(school_week: Cast) -> None:
    key = uuid4()
    first = ask(school_week.sari, school_week.rina, key=key)
    assert ask(school_week.sari, school_week.rina, key=key) == first
    assert (Appointment.objects.count(), len(jobs())) == (1, 1)


def test_the_same_form_after_the_answer_asks_nothing_new(school_week: Cast) -> None:
    key = uuid4()
    first = ask(school_week.sari, school_week.rina, key=key)
    booking.decline(first, "Ada rapat")
    again = ask(school_week.sari, school_week.rina, key=key)
    assert (again, again.status) == (first, Status.DECLINED)
    assert Appointment.objects.count() == 1


def test_another_wish_under_the_same_key_is_not_lost(school_week: Cast) -> None:
    """By the back button, or after an answer that was lost on the way."""
    key = uuid4()
    first = ask(school_week.sari, school_week.rina, key=key)
    later = ask(school_week.sari, school_week.rina, THURSDAY_9 + timedelta(minutes=30), key=key)
    assert later != first


def test_the_same_key_of_two_students_is_two_appointments(school_week: Cast) -> None:
    key = uuid4()
    ask(school_week.sari, school_week.rina, key=key)
    ask(school_week.dodi, school_week.budi, key=key)
    assert Appointment.objects.count() == 2


def test_confirming_keeps_the_time_and_tells_the_student(school_week: Cast) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    booking.confirm(appointment)
    appointment.refresh_from_db()
    assert (appointment.status, appointment.holds.count()) == (Status.CONFIRMED, 4)
    assert ("answer", [appointment.pk, "Diterima"]) in jobs()


def test_declining_frees_the_slot_and_tells_why(school_week: Cast) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    booking.decline(appointment, "Ada rapat")
    appointment.refresh_from_db()
    assert (appointment.status, appointment.reason) == (Status.DECLINED, "Ada rapat")
    assert ask(school_week.dodi, school_week.rina).starts_at == THURSDAY_9
    assert ("answer", [appointment.pk, "Ditolak"]) in jobs()


def test_calling_off_a_promise_frees_the_slot(school_week: Cast) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    booking.confirm(appointment)
    booking.cancel(appointment, "Sakit")
    assert Appointment.objects.get().status == Status.CANCELLED
    assert not Hold.objects.exists()
    assert ("answer", [appointment.pk, "Dibatalkan"]) in jobs()


@pytest.mark.parametrize("answered", [False, True])
def test_a_student_withdraws_what_waits_and_what_was_accepted(
    school_week: Cast, answered: bool
) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    if answered:
        booking.confirm(appointment)
    booking.withdraw(Appointment.objects.get())
    assert Appointment.objects.get().status == Status.CANCELLED
    assert not Hold.objects.exists()
    assert ("withdrawal", [appointment.pk]) in jobs()


def test_withdrawing_ends_two_hours_before(
    school_week: Cast, clock: time_machine.Traveller
) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    clock.move_to(THURSDAY_9 - timedelta(hours=2) + timedelta(seconds=1))
    with pytest.raises(booking.TooLate):
        booking.withdraw(appointment)
    assert Appointment.objects.get().is_standing
    clock.move_to(THURSDAY_9 - timedelta(hours=2))
    booking.withdraw(appointment)
    assert not Appointment.objects.get().is_standing


@pytest.mark.parametrize("first", ["confirm", "decline", "withdraw"])
def test_what_was_decided_is_not_decided_otherwise(school_week: Cast, first: str) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    verbs = {
        "confirm": lambda: booking.confirm(appointment),
        "decline": lambda: booking.decline(appointment, "Ada rapat"),
        "withdraw": lambda: booking.withdraw(appointment),
    }
    verbs[first]()
    before, asked = Appointment.objects.values().get(), jobs()
    for other in {"confirm", "decline"} - {first}:
        with pytest.raises(booking.AlreadyDecided):
            verbs[other]()
    verbs[first]()  # twice is once
    assert (Appointment.objects.values().get(), jobs()) == (before, asked)


def test_a_request_that_waits_cannot_be_cancelled_or_completed_by_the_guru_bk(
    school_week: Cast, clock: time_machine.Traveller
) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    with pytest.raises(booking.AlreadyDecided):
        booking.cancel(appointment, "Sakit")
    clock.move_to(THURSDAY_9)
    with pytest.raises(booking.AlreadyDecided):
        booking.complete(appointment)


def test_a_request_whose_time_came_is_declined_but_not_confirmed(
    school_week: Cast, clock: time_machine.Traveller
) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    clock.move_to(THURSDAY_9)
    with pytest.raises(booking.AlreadyBegun):
        booking.confirm(appointment)
    booking.decline(appointment, "Maaf, terlewat")
    assert Appointment.objects.get().status == Status.DECLINED


def test_a_meeting_is_completed_after_it_began(
    school_week: Cast, clock: time_machine.Traveller
) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    booking.confirm(appointment)
    with pytest.raises(booking.NotYetBegun):
        booking.complete(appointment)
    clock.move_to(THURSDAY_9)
    booking.complete(appointment)
    assert Appointment.objects.get().status == Status.DONE


def test_visible_to_shows_the_two_people_only(school_week: Cast) -> None:
    ask(school_week.sari, school_week.rina)

    def sees(person: User) -> bool:
        return Appointment.objects.visible_to(person).exists()

    others = ("dodi", "budi", "admin", "tono", "tia", "other_admin")
    assert sees(school_week.sari)
    assert sees(school_week.rina)
    assert [who for who in others if sees(getattr(school_week, who))] == []
