"""Another time: by the Guru BK, who promises it, and by the student, who asks."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from educounsel.appointments import booking, tasks
from educounsel.appointments.models import Appointment, Hold, Status, ticks_of
from educounsel.notifications.models import Notification
from tests.appointments.diary import THURSDAY_9, ask
from tests.cast import Cast
from tests.conftest import ClientOf

THURSDAY_8 = THURSDAY_9 - timedelta(hours=1)


@pytest.fixture
def agreed(school_week: Cast) -> Appointment:
    appointment = ask(school_week.sari, school_week.rina)
    booking.confirm(appointment)
    return Appointment.objects.get()


def held() -> set[tuple[int, object]]:
    return set(Hold.objects.values_list("person", "tick"))


def ticks_held_by(cast: Cast, appointment: Appointment) -> set[tuple[int, object]]:
    ticks = list(ticks_of(appointment.starts_at, appointment.ends_at))
    return {(person.pk, tick) for person in (cast.sari, cast.rina) for tick in ticks}


def test_a_guru_bk_moves_and_the_student_is_asked(school_week: Cast, agreed: Appointment) -> None:
    booking.move(agreed, THURSDAY_8, "Ada rapat")
    moved = Appointment.objects.get()
    assert (moved.starts_at, moved.status, moved.asks_student) == (
        THURSDAY_8,
        Status.CONFIRMED,
        True,
    )
    assert held() == ticks_held_by(school_week, moved)
    former = moved.former_times.get()
    assert (former.starts_at, former.by, former.reason) == (
        THURSDAY_9,
        school_week.rina,
        "Ada rapat",
    )
    assert ask(school_week.dodi, school_week.rina).starts_at == THURSDAY_9


def test_a_request_is_moved_and_promised_in_one(school_week: Cast) -> None:
    booking.move(ask(school_week.sari, school_week.rina), THURSDAY_8, "")
    assert Appointment.objects.get().is_confirmed


def test_the_same_move_twice_is_one(school_week: Cast, agreed: Appointment) -> None:
    for _ in range(2):
        booking.move(agreed, THURSDAY_8, "")
    booking.move(Appointment.objects.get(), THURSDAY_8, "")
    assert Appointment.objects.get().former_times.count() == 1


def test_a_taken_slot_is_refused_and_nothing_is_lost(
    school_week: Cast, agreed: Appointment
) -> None:
    ask(school_week.dodi, school_week.rina, THURSDAY_8)
    before = held()
    with pytest.raises(booking.SlotTaken):
        booking.move(agreed, THURSDAY_8, "")
    agreed.refresh_from_db()
    assert (agreed.starts_at, agreed.moves, held()) == (THURSDAY_9, 0, before)


def test_the_students_own_other_meeting_is_in_the_way(
    school_week: Cast, agreed: Appointment
) -> None:
    ask(school_week.sari, school_week.budi, THURSDAY_8)
    with pytest.raises(booking.SlotTaken):
        booking.move(agreed, THURSDAY_8, "")


def test_what_is_over_or_called_off_is_not_moved(
    school_week: Cast, agreed: Appointment, clock: time_machine.Traveller
) -> None:
    booking.withdraw(agreed)
    agreed.refresh_from_db()
    with pytest.raises(booking.AlreadyDecided):
        booking.move(agreed, THURSDAY_8, "")
    clock.move_to(THURSDAY_9)
    with pytest.raises(booking.AlreadyBegun):
        booking.move(agreed, THURSDAY_9 + timedelta(weeks=1), "")


def test_a_student_asks_for_another_time_and_is_answered_anew(
    school_week: Cast, agreed: Appointment
) -> None:
    booking.ask_to_move(agreed, THURSDAY_8)
    moved = Appointment.objects.get()
    assert (moved.starts_at, moved.status) == (THURSDAY_8, Status.PENDING)
    with pytest.raises(booking.AlreadyDecided):  # the page still showed 9
        booking.confirm(moved, 0)
    booking.confirm(moved, 1)
    assert Appointment.objects.get().is_confirmed


def test_a_student_may_not_move_what_may_not_be_cancelled(
    agreed: Appointment, clock: time_machine.Traveller
) -> None:
    clock.move_to(THURSDAY_9 - timedelta(minutes=119))
    with pytest.raises(booking.TooLate):
        booking.ask_to_move(agreed, THURSDAY_9 + timedelta(weeks=1))


def test_a_time_that_was_not_chosen_can_be_called_off_until_it_comes(
    agreed: Appointment, clock: time_machine.Traveller
) -> None:
    booking.move(agreed, THURSDAY_8, "")
    clock.move_to(THURSDAY_8 - timedelta(minutes=5))
    booking.withdraw(Appointment.objects.get())
    assert not Hold.objects.exists()


def test_agreeing_twice_tells_once_and_only_to_what_was_seen(agreed: Appointment) -> None:
    booking.move(agreed, THURSDAY_8, "")
    moved = Appointment.objects.get()
    with pytest.raises(booking.AlreadyDecided):
        booking.accept_move(moved, 0)
    for _ in range(2):
        booking.accept_move(moved, 1)
    tasks.send_move_accepted.func(moved.pk)
    assert not Appointment.objects.get().asks_student
    assert [row.title for row in Notification.objects.all()] == ["Siswa setuju jam baru"]


def test_each_of_two_moves_is_told_to_the_other_person(
    school_week: Cast, agreed: Appointment
) -> None:
    booking.move(agreed, THURSDAY_8, "Alasan pribadi")
    for _ in range(2):
        tasks.send_appointment_move.func(agreed.pk)
    booking.ask_to_move(Appointment.objects.get(), THURSDAY_9)
    tasks.send_appointment_move.func(agreed.pk)
    rows = Notification.objects.order_by("pk")
    assert [(row.recipient, row.title, row.url) for row in rows] == [
        (school_week.sari, "Janji dipindah", f"/student/appointments/{agreed.pk}"),
        (school_week.rina, "Siswa minta pindah jam", f"/guru/appointments/{agreed.pk}"),
    ]
    assert "08.00 WIB" in rows[0].text
    assert "pribadi" not in rows[0].text


def test_both_pages_offer_slots_and_show_what_was(
    school_week: Cast, agreed: Appointment, client_of: ClientOf
) -> None:
    rina, sari = client_of(school_week.rina), client_of(school_week.sari)
    address = f"/guru/appointments/{agreed.pk}/move"
    assert 'value="08.00"' in rina.get(address).text
    form = {"hari": "2026-11-26", "jam": "08.00", "reason": "Ada rapat"}
    assert rina.post(address, form)["Location"] == f"/guru/appointments/{agreed.pk}"
    page = sari.get(f"/student/appointments/{agreed.pk}").text
    assert "Setuju: Kamis, 08.00" in page
    assert "<s>Kamis, 26 November, 09.00</s> dipindah Guru BK: Ada rapat" in page
    answer = sari.post(f"/student/appointments/{agreed.pk}/move/acceptance", {"moves": "1"})
    assert answer.status_code == 302
    assert not Appointment.objects.get().asks_student
    form = {"hari": "2026-11-26", "jam": "09.00"}
    assert sari.post(f"/student/appointments/{agreed.pk}/move", form).status_code == 302
    assert Appointment.objects.get().is_pending
    for other in (school_week.rina, school_week.dodi, school_week.tia):
        address = f"/student/appointments/{agreed.pk}/move"
        assert client_of(other).get(address).status_code == 404


@pytest.mark.parametrize("jam", ["", "pagi", "09.10"])
def test_nonsense_keeps_the_reason(
    school_week: Cast, agreed: Appointment, client_of: ClientOf, jam: str
) -> None:
    rina: Client = client_of(school_week.rina)
    form = {"hari": "2026-11-26", "jam": jam, "reason": "Ada rapat"}
    answer = rina.post(f"/guru/appointments/{agreed.pk}/move", form)
    assert answer.status_code in (409, 422)
    assert "Ada rapat</textarea>" in answer.text
    assert Appointment.objects.get().moves == 0
