from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from educounsel.appointments import booking
from educounsel.appointments.models import Appointment
from educounsel.schools.models import Weekday
from tests.appointments.diary import THURSDAY_9, ask, open_hours
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.factories import make_student

DESK = "/guru/appointments"


@pytest.fixture
def rina(school_week: Cast, client_of: ClientOf) -> Client:
    return client_of(school_week.rina)


@pytest.fixture
def asked(school_week: Cast) -> Appointment:
    return ask(school_week.sari, school_week.rina)


def state() -> tuple[str, str]:
    appointment = Appointment.objects.get()
    return appointment.status, appointment.reason


def test_requests_come_first_then_the_days(
    school_week: Cast, asked: Appointment, rina: Client
) -> None:
    booking.confirm(ask(school_week.dodi, school_week.rina, THURSDAY_9 - timedelta(hours=1)))
    page = rina.get(DESK).text
    main = page[page.index("<main") : page.index("</main>")]
    order = ["Menunggu jawaban Anda", "Sari Amelia", "XI IPA 2", "Kamis, 26 November</h2>", "Dodi"]
    assert sorted(order, key=main.index) == order


def test_another_guru_bk_sees_nothing_of_it(
    school_week: Cast, asked: Appointment, client_of: ClientOf
) -> None:
    for other in (school_week.budi, school_week.tono):
        client = client_of(other)
        assert "Sari" not in client.get(DESK).text
        assert client.get(f"{DESK}/{asked.pk}").status_code == 404


def test_a_request_whose_time_came_waits_no_longer(
    asked: Appointment, rina: Client, clock: time_machine.Traveller
) -> None:
    clock.move_to(THURSDAY_9)
    page = rina.get(DESK).text
    assert "Tidak ada yang menunggu" in page
    clock.move_to(THURSDAY_9 + timedelta(hours=1))
    assert "Tidak terjawab" in rina.get(DESK).text


def test_a_meeting_that_is_over_asks_to_be_marked(
    asked: Appointment, rina: Client, clock: time_machine.Traveller
) -> None:
    booking.confirm(asked)
    clock.move_to(THURSDAY_9 + timedelta(hours=1))
    assert "Sudah bertemu?" in rina.get(DESK).text
    rina.post(f"{DESK}/{asked.pk}/completion")
    page = rina.get(DESK).text
    assert "Sudah bertemu?" not in page
    assert "Selesai</span>" in page


def test_accepting(asked: Appointment, rina: Client) -> None:
    response = rina.post(f"{DESK}/{asked.pk}/confirmation")
    assert (response.status_code, response["Location"]) == (302, DESK)
    assert state() == ("Diterima", "")
    assert "Janji diterima. Siswa diberi tahu." in rina.get(DESK).text


def test_declining_needs_a_reason(asked: Appointment, rina: Client) -> None:
    address = f"{DESK}/{asked.pk}/refusal"
    for words, sentence in (("  ", "Tulis alasannya"), ("a" * 501, "paling banyak 500 huruf")):
        response = rina.post(address, {"reason": words})
        assert response.status_code == 422
        assert sentence in response.text
        assert words.strip() in response.text
    assert state() == ("Menunggu", "")
    assert rina.post(address, {"reason": "Ada rapat"}).status_code == 302
    assert state() == ("Ditolak", "Ada rapat")


def test_cancelling_needs_a_reason(asked: Appointment, rina: Client) -> None:
    booking.confirm(asked)
    address = f"{DESK}/{asked.pk}/cancellation"
    assert rina.post(address).status_code == 422
    assert rina.post(address, {"reason": "Sakit"}).status_code == 302
    assert state() == ("Dibatalkan", "Sakit")


def test_completing_too_early_is_refused(asked: Appointment, rina: Client) -> None:
    booking.confirm(asked)
    response = rina.post(f"{DESK}/{asked.pk}/completion")
    assert response.status_code == 409
    assert "Pertemuan ini belum dimulai." in response.text


def test_what_the_student_withdrew_is_not_accepted(asked: Appointment, rina: Client) -> None:
    booking.withdraw(asked)
    response = rina.post(f"{DESK}/{asked.pk}/confirmation")
    assert response.status_code == 409
    assert "Status janji ini sudah berubah." in response.text
    assert "Dibatalkan</span>" in response.text


@pytest.mark.parametrize("verb", ["confirmation", "refusal", "cancellation", "completion"])
def test_a_verb_is_for_its_guru_bk_alone(
    school_week: Cast, asked: Appointment, client_of: ClientOf, verb: str
) -> None:
    address = f"{DESK}/{asked.pk}/{verb}"
    others = (school_week.budi, school_week.tono, school_week.sari, school_week.admin)
    for other in others:
        assert client_of(other).post(address, {"reason": "Rapat"}).status_code == 404
    assert client_of(school_week.rina).get(address).status_code == 405
    assert state() == ("Menunggu", "")


def test_htmx_gets_the_desk_alone(asked: Appointment, rina: Client) -> None:
    fragment = rina.get(DESK, headers={"hx-request": "true"}).text
    assert "Sari Amelia" in fragment
    assert "csrfmiddlewaretoken" in fragment
    assert "<main" not in fragment


def test_the_desk_costs_the_same_with_many_rows(school_week: Cast, rina: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            rina.get(DESK)
        return len(queries)

    def fill(weekday: Weekday) -> None:
        """One that is confirmed, one that is declined, one that waits."""
        open_hours(school_week.rina, weekday)
        day = THURSDAY_9 + timedelta(days=weekday - Weekday.THURSDAY)
        confirmed, declined, _ = (
            ask(make_student(school_week.sari_class), school_week.rina, day + timedelta(minutes=at))
            for at in (-30, 0, 30)
        )
        booking.confirm(confirmed)
        booking.decline(declined, "Rapat")

    fill(Weekday.FRIDAY)
    few = cost()
    for weekday in (Weekday.TUESDAY, Weekday.WEDNESDAY):
        fill(weekday)
    assert cost() == few
