import pytest
from django.test import Client

from educounsel.appointments.models import Appointment, Availability
from educounsel.schools.models import Weekday
from tests.appointments.diary import ask
from tests.cast import Cast
from tests.conftest import ClientOf

PAGE = "/guru/availability"


@pytest.fixture
def rina(school_week: Cast, client_of: ClientOf) -> Client:
    return client_of(school_week.rina)


def hours(**changes: str) -> dict[str, str]:
    return {
        "weekday": "0",
        "starts_at": "08:00",
        "ends_at": "10:15",
        "slot_minutes": "45",
    } | changes


def test_hours_are_opened_for_oneself(school_week: Cast, rina: Client) -> None:
    response = rina.post(PAGE, hours(counsellor=str(school_week.budi.pk)))
    assert (response.status_code, response["Location"]) == (302, PAGE)
    opened = Availability.objects.get(weekday=Weekday.MONDAY)
    assert (opened.counsellor, str(opened)) == (school_week.rina, "Senin 08.00-10.15")
    assert "10.15" in rina.get(PAGE).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"starts_at": "08:10"}, "Pilih waktu per seperempat jam"),
        ({"ends_at": "10:20"}, "Pilih waktu per seperempat jam"),
        ({"ends_at": "08:00"}, "harus muat satu pertemuan"),
        ({"ends_at": "07:00"}, "harus muat satu pertemuan"),
        ({"ends_at": "08:30"}, "harus muat satu pertemuan"),
        ({"weekday": "7"}, "Masukkan pilihan yang valid"),
        ({"slot_minutes": "20"}, "Masukkan pilihan yang valid"),
        ({"starts_at": "pagi"}, "Masukkan waktu yang valid"),
    ],
)
def test_hours_that_make_no_sense_are_refused(
    rina: Client, changes: dict[str, str], sentence: str
) -> None:
    response = rina.post(PAGE, hours(**changes))
    assert response.status_code == 422
    assert sentence in response.text
    assert not Availability.objects.filter(weekday=Weekday.MONDAY).exists()


@pytest.mark.parametrize(
    ("starts_at", "ends_at"),
    [("08:00", "09:30"), ("07:00", "08:15"), ("09:45", "11:00"), ("07:00", "11:00")],
)
def test_hours_do_not_overlap(rina: Client, starts_at: str, ends_at: str) -> None:
    thursday = {"weekday": str(Weekday.THURSDAY), "slot_minutes": "30"}
    response = rina.post(PAGE, hours(**thursday, starts_at=starts_at, ends_at=ends_at))
    assert response.status_code == 422
    assert "bertumpuk dengan jam yang sudah ada" in response.text


def test_hours_may_touch_and_may_be_the_same_as_a_colleagues(rina: Client) -> None:
    thursday = {"weekday": str(Weekday.THURSDAY), "slot_minutes": "30"}
    response = rina.post(PAGE, hours(**thursday, starts_at="10:00", ends_at="11:00"))
    assert response.status_code == 302


def test_closing_hours_takes_no_appointment_back(school_week: Cast, rina: Client) -> None:
    ask(school_week.sari, school_week.rina)
    row = Availability.objects.get(counsellor=school_week.rina)
    assert rina.post(f"{PAGE}/{row.pk}/removal").status_code == 302
    assert not Availability.objects.filter(counsellor=school_week.rina).exists()
    assert Appointment.objects.get().is_standing


def test_nobody_sees_or_closes_the_hours_of_another(school_week: Cast, client_of: ClientOf) -> None:
    row = Availability.objects.get(counsellor=school_week.rina)
    address = f"{PAGE}/{row.pk}/removal"
    for other in (school_week.budi, school_week.tono, school_week.sari, school_week.admin):
        assert client_of(other).post(address).status_code == 404
    assert client_of(school_week.rina).get(address).status_code == 405
    assert client_of(school_week.sari).get(PAGE).status_code == 404
    assert address not in client_of(school_week.budi).get(PAGE).text
    assert Availability.objects.filter(pk=row.pk).exists()
