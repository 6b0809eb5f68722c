"""Who is first in line is offered what becomes free, and nobody else can have it meanwhile."""

from datetime import date, timedelta

import pytest
import time_machine
from django_ox.models import OxTask

from educounsel.accounts.models import User
from educounsel.appointments import booking, waiting
from educounsel.appointments.models import Appointment, Availability, Hold, Offer, Status, Waiting
from educounsel.appointments.waiting import Outcome, serve, serve_everybody
from educounsel.notifications.models import Notification
from tests.appointments.diary import THURSDAY_9, ask, open_hours
from tests.cast import Cast
from tests.conftest import ClientOf

FULL = [THURSDAY_9 + timedelta(minutes=minutes) for minutes in (-60, -30, 0, 30)]


@pytest.fixture
def full(school_week: Cast) -> list[Appointment]:
    """Bu Rina's Thursday is full."""
    return [ask(school_week.dodi, school_week.rina, at) for at in FULL]


def stand(student: User, guru: User, until: date = date(2026, 11, 27)) -> Waiting:
    wish = Waiting(counsellor=guru, from_day=date(2026, 11, 23), until_day=until, topic="Ujian")
    waiting.wait(student, wish)
    return Waiting.objects.in_line().get(student=student, counsellor=guru)


def freed(appointment: Appointment) -> Offer:
    booking.decline(appointment, "Rapat")
    serve(appointment.counsellor_id)
    return Offer.objects.latest("pk")


def test_what_becomes_free_is_kept_for_the_first_in_line(
    school_week: Cast, full: list[Appointment]
) -> None:
    stand(school_week.sari, school_week.rina)
    serve(school_week.rina.pk)
    assert not Offer.objects.exists()
    offer = freed(full[2])
    assert (offer.starts_at, offer.waiting.student) == (THURSDAY_9, school_week.sari)
    assert offer.expires_at.isoformat() == "2026-11-23T03:00:00+00:00"  # two school hours on
    assert set(offer.holds.values_list("person", flat=True)) == {
        school_week.sari.pk,
        school_week.rina.pk,
    }
    with pytest.raises(booking.SlotTaken):
        ask(school_week.dodi, school_week.rina)
    row = Notification.objects.get(kind="offer")
    assert (row.recipient, row.url) == (
        school_week.sari,
        f"/student/appointments/offers/{offer.pk}",
    )
    assert "Ujian" not in row.text


def test_where_nobody_waits_no_job_is_queued(school_week: Cast, full: list[Appointment]) -> None:
    booking.decline(full[0], "Rapat")
    booking.move(full[1], FULL[0], "Rapat")
    assert not served()
    stand(school_week.sari, school_week.rina)
    booking.decline(full[2], "Rapat")
    assert served() == [[school_week.rina.pk]]


def served() -> list[list[int]]:
    """For whom the queue holds a job that serves a line."""
    path = "educounsel.appointments.tasks.serve_waiting"
    return [job.args for job in OxTask.objects.filter(task_path=path)]


def test_taken_twice_it_is_one_request_and_the_line_ends(
    school_week: Cast, full: list[Appointment]
) -> None:
    stand(school_week.sari, school_week.rina)
    offer = freed(full[2])
    first, second = booking.accept_offer(offer), booking.accept_offer(offer)
    assert (first, first.status, first.topic) == (second, Status.PENDING, "Ujian")
    assert first.holds.count() == 4
    assert not Hold.objects.filter(appointment=None).exists()
    assert not Waiting.objects.in_line().exists()


def test_what_one_lets_go_the_next_is_offered_and_never_the_same_one_again(
    school_week: Cast, full: list[Appointment]
) -> None:
    stand(school_week.sari, school_week.rina)
    other = User.objects.get(pk=school_week.sari.pk)
    other.pk, other.nisn, other.nis, other.email = None, None, "X9", None
    other.save()
    offer = freed(full[2])
    stand(other, school_week.rina)
    waiting.refuse(offer)
    serve(school_week.rina.pk)
    now = Offer.objects.open().get()
    assert (now.waiting.student, now.starts_at) == (other, THURSDAY_9)
    waiting.refuse(now)
    serve(school_week.rina.pk)
    assert not Offer.objects.open().exists()
    assert Waiting.objects.in_line().count() == 2


def test_an_offer_lapses_and_cannot_be_taken_from_then_on(
    school_week: Cast, full: list[Appointment], clock: time_machine.Traveller
) -> None:
    stand(school_week.sari, school_week.rina)
    offer = freed(full[2])
    clock.move_to(offer.expires_at)
    with pytest.raises(booking.OfferOver):
        booking.accept_offer(offer)
    serve_everybody()
    offer.refresh_from_db()
    assert (offer.outcome, offer.holds.count()) == (Outcome.LAPSED, 0)
    assert ask(school_week.dodi, school_week.rina).starts_at == THURSDAY_9


def test_an_offer_never_outlives_the_time_to_book(
    school_week: Cast, full: list[Appointment], clock: time_machine.Traveller
) -> None:
    stand(school_week.sari, school_week.rina)
    clock.move_to(THURSDAY_9 - timedelta(hours=2, minutes=20))
    assert freed(full[2]).expires_at == THURSDAY_9 - timedelta(hours=2)


def test_too_short_a_time_to_answer_is_no_offer(
    school_week: Cast, full: list[Appointment], clock: time_machine.Traveller
) -> None:
    stand(school_week.sari, school_week.rina)
    clock.move_to(THURSDAY_9 - timedelta(hours=2, minutes=10))
    booking.decline(full[2], "Rapat")
    serve(school_week.rina.pk)
    assert not Offer.objects.exists()


def test_the_night_does_not_count(
    school_week: Cast, full: list[Appointment], clock: time_machine.Traveller
) -> None:
    stand(school_week.sari, school_week.rina)
    clock.move_to("2026-11-23T07:00:00Z")  # 14.00 WIB, the school closes at 15.00
    assert freed(full[2]).expires_at.isoformat() == "2026-11-24T01:00:00+00:00"


def test_new_hours_reach_the_line(school_week: Cast) -> None:
    Availability.objects.filter(counsellor=school_week.rina).delete()
    stand(school_week.sari, school_week.rina)
    open_hours(school_week.rina)
    serve_everybody()
    assert Offer.objects.get().starts_at == FULL[0]


def test_a_student_stands_in_a_line_once_and_leaving_gives_the_slot_back(
    school_week: Cast, full: list[Appointment]
) -> None:
    stand(school_week.sari, school_week.rina)
    line = stand(school_week.sari, school_week.rina, date(2026, 11, 30))
    assert (Waiting.objects.count(), line.until_day) == (1, date(2026, 11, 30))
    freed(full[2])
    waiting.leave(line)
    assert not Waiting.objects.in_line().exists()
    assert not Hold.objects.filter(appointment=None).exists()


def test_days_outside_the_range_are_not_offered(school_week: Cast, full: list[Appointment]) -> None:
    stand(school_week.sari, school_week.rina, date(2026, 11, 25))
    booking.decline(full[2], "Rapat")
    serve(school_week.rina.pk)
    assert not Offer.objects.exists()


def test_the_pages_of_both_sides(
    school_week: Cast, full: list[Appointment], client_of: ClientOf
) -> None:
    sari, rina = client_of(school_week.sari), client_of(school_week.rina)
    address = f"/student/appointments/waiting/{school_week.rina.pk}"
    form = {"from_day": "2026-11-23", "until_day": "2026-11-27", "topic": "Ujian"}
    assert sari.post(address, form | {"until_day": "2026-11-20"}).status_code == 422
    assert sari.post(address, form | {"topic": ""}).status_code == 422
    assert sari.post(address, form).status_code == 302
    assert "1 siswa di daftar tunggu" in rina.get("/guru/appointments").text
    offer = freed(full[2])
    assert "Ada jam kosong: Kamis, 09.00" in sari.get("/student/appointments").text
    page = f"/student/appointments/offers/{offer.pk}"
    assert "Ambil jam ini" in sari.get(page).text
    for other in (school_week.dodi, school_week.tia, school_week.rina):
        assert client_of(other).get(page).status_code == 404
        assert client_of(other).post(f"{page}/acceptance").status_code == 404
    places = {sari.post(f"{page}/acceptance")["Location"] for _ in range(2)}
    assert places == {f"/student/appointments/{Appointment.objects.latest('pk').pk}"}
    assert sari.get(f"/student/appointments/waiting/{school_week.tono.pk}").status_code == 404


def test_refusing_says_what_became_of_the_offer(
    school_week: Cast, full: list[Appointment], client_of: ClientOf
) -> None:
    sari = client_of(school_week.sari)
    stand(school_week.sari, school_week.rina)
    offer = freed(full[2])
    page = f"/student/appointments/offers/{offer.pk}"
    assert client_of(school_week.dodi).post(f"{page}/refusal").status_code == 404
    sari.post(f"{page}/acceptance")
    late = sari.post(f"{page}/refusal")
    assert late.status_code == 409
    assert "tidak jadi dilepas" in late.text
    assert "Sudah kamu ambil." in late.text
    assert Appointment.objects.latest("pk").status == Status.PENDING
    assert "dilepas" not in sari.get("/student/appointments").text


def test_refused_twice_it_is_let_go_once(
    school_week: Cast, full: list[Appointment], client_of: ClientOf
) -> None:
    stand(school_week.sari, school_week.rina)
    refusal = f"/student/appointments/offers/{freed(full[2]).pk}/refusal"
    sari = client_of(school_week.sari)
    answers = {sari.post(refusal)["Location"] for _ in range(2)}
    assert answers == {"/student/appointments"}
    assert "Jam ini dilepas." in sari.get("/student/appointments").text
    assert not Offer.objects.open().exists()


def test_what_lapsed_is_not_called_let_go(
    school_week: Cast,
    full: list[Appointment],
    client_of: ClientOf,
    clock: time_machine.Traveller,
) -> None:
    stand(school_week.sari, school_week.rina)
    offer = freed(full[2])
    clock.move_to(offer.expires_at)
    serve_everybody()
    late = client_of(school_week.sari).post(f"/student/appointments/offers/{offer.pk}/refusal")
    assert late.status_code == 409
    assert "Tawaran ini sudah tidak berlaku." in late.text
