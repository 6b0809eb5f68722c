import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from educounsel.accounts.models import User
from educounsel.appointments import booking
from educounsel.appointments.models import Appointment, Availability, Status
from educounsel.schools.models import Weekday
from tests.appointments.diary import THURSDAY_9, ask, open_hours
from tests.cast import Cast
from tests.conftest import ClientOf

CREATE, STORE = "/student/appointments/create", "/student/appointments/store"


@pytest.fixture
def sari(school_week: Cast, client_of: ClientOf) -> Client:
    return client_of(school_week.sari)


def wish(cast: Cast, **changes: str) -> dict[str, str]:
    return {
        "guru": str(cast.rina.pk),
        "hari": "2026-11-26",
        "jam": "09.00",
        "topic": "Susah tidur",
        "note": "Sudah seminggu",
        "key": str(uuid4()),
    } | changes


def hours(page: str) -> dict[str, str]:
    """Each hour on the page: free, taken or chosen."""
    found = re.findall(r'name="jam"\s+value="([\d.]+)"\s+required\s*(\w*)', page)
    return {
        hour: {"": "free", "disabled": "taken", "checked": "chosen"}[state] for hour, state in found
    }


def test_the_first_step_offers_my_own_guru_bk_first(school_week: Cast, sari: Client) -> None:
    page = sari.get(CREATE).text
    main = page[page.index("<main") : page.index("</main>")]
    assert main.index("Bu Rina Nuraini") < main.index("Guru BK kelasmu") < main.index("Pak Budi")
    assert "Pak Tono" not in page


def test_a_day_with_free_hours_is_already_open(school_week: Cast, sari: Client) -> None:
    ask(school_week.dodi, school_week.rina)
    page = sari.get(CREATE, {"guru": school_week.rina.pk}).text
    assert hours(page) == {"08.00": "free", "08.30": "free", "09.00": "taken", "09.30": "free"}
    # What is seen is what is said, and what a voice can ask for.
    assert '<span>Kam<b>26</b>3<span class="aside"> jam kosong</span></span>' in page
    assert '<div class="slots" role="radiogroup"' in page
    assert "WIB, 30 menit" in page


def test_the_address_keeps_day_and_hour(school_week: Cast, sari: Client) -> None:
    address = {"guru": str(school_week.rina.pk), "hari": "2026-12-03", "jam": "08.30"}
    page = sari.get(CREATE, address).text
    assert hours(page)["08.30"] == "chosen"
    assert "Kirim permintaan<span data-chosen>: Kamis, 08.30</span>" in page
    assert 'name="hari" value="2026-12-03"' in page


# --- Soon --------------------------------------------------------------------------------------


def test_soon_is_the_next_free_slot_of_my_own_guru_bk(school_week: Cast, sari: Client) -> None:
    open_hours(school_week.budi, Weekday.TUESDAY)
    ask(school_week.dodi, school_week.rina, THURSDAY_9 - timedelta(hours=1))
    page = sari.get(CREATE, {"segera": "1"}).text
    assert hours(page) == {"08.00": "taken", "08.30": "chosen", "09.00": "free", "09.30": "free"}
    assert f'name="guru" value="{school_week.rina.pk}"' in page
    assert "Kamis, 08.30" in page


def test_soon_with_a_name_is_the_next_free_slot_of_that_one(
    school_week: Cast, sari: Client
) -> None:
    page = sari.get(f"{CREATE}?segera=1&guru={school_week.budi.pk}").text
    assert f'name="guru" value="{school_week.budi.pk}"' in page
    assert hours(page)["08.00"] == "chosen"


def test_of_two_of_my_own_the_sooner(school_week: Cast, sari: Client) -> None:
    school_week.sari_class.counsellors.add(school_week.budi)
    open_hours(school_week.budi, Weekday.TUESDAY)
    page = sari.get(CREATE, {"segera": "1"}).text
    assert f'name="guru" value="{school_week.budi.pk}"' in page
    assert "Selasa, 08.00" in page


def test_where_my_class_has_nobody_anybody_of_the_school_is_soon(
    school_week: Cast, sari: Client
) -> None:
    school_week.sari_class.counsellors.clear()
    assert "chosen" in hours(sari.get(CREATE, {"segera": "1"}).text).values()


def test_where_nothing_is_free_soon_says_so(school_week: Cast, sari: Client) -> None:
    Availability.objects.all().delete()
    page = sari.get(CREATE, {"segera": "1"}).text
    assert "Bu Rina Nuraini" in page
    assert "Belum ada jam kosong" in page


def test_where_nobody_is_there_soon_says_so_too(school_week: Cast, sari: Client) -> None:
    User.objects.counsellors().update(is_active=False)
    assert "Belum ada Guru BK di sini" in sari.get(CREATE, {"segera": "1"}).text


@pytest.mark.parametrize(
    "rest", ["guru=999999", "guru=x%00", "hari=2001-01-01&jam=99", "jam=08.30&hari=x", "segera="]
)
def test_nothing_else_in_the_address_keeps_soon_from_opening(
    school_week: Cast, sari: Client, rest: str
) -> None:
    page = sari.get(f"{CREATE}?segera=1&{rest}")
    assert page.status_code == 200
    assert hours(page.text)["08.00"] == "chosen"


# --- Days and slots ----------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-11-25", "2020-01-01", "besok", "0001-01-01", ""])
def test_a_day_that_cannot_be_chosen_gives_way_to_the_next_free_one(
    school_week: Cast, sari: Client, day: str
) -> None:
    page = sari.get(CREATE, {"guru": str(school_week.rina.pk), "hari": day}).text
    assert 'name="hari" value="2026-11-26"' in page


@pytest.mark.parametrize("who", ["tono", "dodi", "admin"])
def test_nobody_but_a_guru_bk_of_my_school_can_be_chosen(
    school_week: Cast, sari: Client, who: str
) -> None:
    pk = str(getattr(school_week, who).pk)
    assert sari.get(CREATE, {"guru": pk}).status_code == 404
    assert sari.post(STORE, wish(school_week, guru=pk)).status_code == 404
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("guru", ["x", "-1", "0", "9" * 30, "\x00"])
def test_nonsense_in_the_address_is_not_found(sari: Client, guru: str) -> None:
    assert sari.get(CREATE, {"guru": guru}).status_code == 404


def test_no_free_hour_is_said_and_leads_on(school_week: Cast, sari: Client) -> None:
    Availability.objects.filter(counsellor=school_week.rina).delete()
    page = sari.get(CREATE, {"guru": school_week.rina.pk}).text
    assert "Belum ada jam kosong" in page
    assert "data-booking" not in page


def test_storing_asks_and_leads_to_the_appointment(school_week: Cast, sari: Client) -> None:
    response = sari.post(STORE, wish(school_week))
    made = Appointment.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/student/appointments/{made.pk}")
    assert (made.student, made.counsellor) == (school_week.sari, school_week.rina)
    assert (made.starts_at, made.topic, made.note) == (THURSDAY_9, "Susah tidur", "Sudah seminggu")
    assert "Permintaanmu terkirim" in sari.get(response["Location"]).text


def test_an_hour_of_wita_is_stored_as_that_hour(school_week: Cast, client_of: ClientOf) -> None:
    client_of(school_week.tia).post(STORE, wish(school_week, guru=str(school_week.tono.pk)))
    assert Appointment.objects.get().starts_at == THURSDAY_9 - timedelta(hours=1)


def test_the_same_form_twice_leads_to_the_same_appointment(school_week: Cast, sari: Client) -> None:
    form = wish(school_week)
    places = {sari.post(STORE, form)["Location"] for _ in range(2)}
    assert places == {f"/student/appointments/{Appointment.objects.get().pk}"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"topic": " "}, "Tulis topiknya, singkat saja."),
        ({"topic": "a" * 256}, "Topiknya paling banyak 255 huruf."),
        ({"note": "b" * 1001}, "Catatannya paling banyak 1.000 huruf."),
        ({"jam": ""}, "Pilih dulu jam yang kosong."),
        ({"jam": "pagi"}, "Pilih dulu jam yang kosong."),
        ({"key": "bukan kunci"}, "Muat ulang halaman"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    school_week: Cast, sari: Client, changes: dict[str, str], sentence: str
) -> None:
    form = wish(school_week, **changes)
    response = sari.post(STORE, form)
    assert response.status_code == 422
    assert sentence in response.text
    assert form["note"] in response.text
    assert not Appointment.objects.exists()


def test_without_a_guru_bk_the_first_step_comes_again(school_week: Cast, sari: Client) -> None:
    form = wish(school_week)
    del form["guru"]
    response = sari.post(STORE, form)
    assert response.status_code == 422
    assert "Mau bertemu siapa?" in response.text


def test_a_slot_that_went_meanwhile_leaves_the_words_and_the_other_slots(
    school_week: Cast, sari: Client
) -> None:
    ask(school_week.dodi, school_week.rina)
    response = sari.post(STORE, wish(school_week))
    assert response.status_code == 409
    assert "Jam ini baru saja terisi." in response.text
    assert 'value="Susah tidur"' in response.text
    assert "Sudah seminggu</textarea>" in response.text
    assert hours(response.text) == {
        "08.00": "free",
        "08.30": "free",
        "09.00": "taken",
        "09.30": "free",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"jam": "09.10"},
        {"jam": "13.00"},
        {"hari": "2026-11-19"},
        {"hari": "0001-01-01"},
        {"hari": "9999-12-31"},
    ],
)
def test_a_time_that_is_no_slot_is_refused(
    school_week: Cast, sari: Client, changes: dict[str, str]
) -> None:
    response = sari.post(STORE, wish(school_week, **changes))
    assert response.status_code == 409
    assert "Jam ini sudah tidak bisa dipilih." in response.text
    assert not Appointment.objects.exists()


def test_nobody_sets_what_the_form_does_not_ask(school_week: Cast, sari: Client) -> None:
    sari.post(STORE, wish(school_week, student=str(school_week.dodi.pk), status="Diterima"))
    made = Appointment.objects.get()
    assert (made.student, made.status) == (school_week.sari, Status.PENDING)


def test_the_list_shows_what_comes_and_what_was(
    school_week: Cast, sari: Client, clock: time_machine.Traveller
) -> None:
    refused = ask(school_week.sari, school_week.rina, THURSDAY_9 - timedelta(hours=1))
    booking.decline(refused, "Sedang ada rapat")
    ask(school_week.sari, school_week.rina)
    ask(school_week.dodi, school_week.budi)
    clock.move_to(THURSDAY_9 - timedelta(days=1))
    page = sari.get("/student/appointments").text
    coming, past = page.split("Riwayat")
    assert "Besok, 09.00" in coming
    assert "Sedang ada rapat" in past
    assert "Pak Budi" not in page[page.index("<main") : page.index("</main>")]


def test_the_list_costs_the_same_with_many_rows(school_week: Cast, sari: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            sari.get("/student/appointments")
        return len(queries)

    booking.decline(ask(school_week.sari, school_week.rina), "Rapat")
    ask(school_week.sari, school_week.rina)
    few = cost()
    for week in (0, 1):
        for minutes in (-60, -30, 30):
            at = THURSDAY_9 + timedelta(weeks=week, minutes=minutes)
            booking.decline(ask(school_week.sari, school_week.budi, at), "Rapat")
            ask(school_week.sari, school_week.rina, at)
    assert cost() == few


def test_the_detail_is_for_the_student_who_asked(
    school_week: Cast, sari: Client, client_of: ClientOf
) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    address = f"/student/appointments/{appointment.pk}"
    assert "Susah tidur" in sari.get(address).text
    for other in (school_week.dodi, school_week.tia, school_week.rina, school_week.admin):
        assert client_of(other).get(address).status_code == 404


def test_a_student_cancels_in_time(school_week: Cast, sari: Client) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    response = sari.post(f"/student/appointments/{appointment.pk}/cancellation")
    assert (response.status_code, response["Location"]) == (302, "/student/appointments")
    assert Appointment.objects.get().status == Status.CANCELLED


def test_too_late_to_cancel_is_said(
    school_week: Cast, sari: Client, clock: time_machine.Traveller
) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    address = f"/student/appointments/{appointment.pk}"
    clock.move_to(THURSDAY_9 - timedelta(minutes=119))
    assert "cancellation" not in sari.get(address).text
    response = sari.post(f"{address}/cancellation")
    assert response.status_code == 409
    assert "Sudah terlalu dekat dengan waktunya." in response.text
    assert Appointment.objects.get().is_standing


def test_nobody_cancels_for_another(school_week: Cast, client_of: ClientOf) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    address = f"/student/appointments/{appointment.pk}/cancellation"
    for other in (school_week.dodi, school_week.tia, school_week.rina, school_week.tono):
        assert client_of(other).post(address).status_code == 404
    assert client_of(school_week.sari).get(address).status_code == 405
    assert Appointment.objects.get().is_standing


def test_htmx_gets_the_list_alone(school_week: Cast, sari: Client) -> None:
    fragment = sari.get("/student/appointments", headers={"hx-request": "true"}).text
    assert "Yang akan datang" in fragment
    assert "<main" not in fragment


def test_a_guru_bk_has_no_booking_page(school_week: Cast, client_of: ClientOf) -> None:
    rina = client_of(school_week.rina)
    assert rina.get(CREATE).status_code == 404
    assert rina.post(STORE, wish(school_week)).status_code == 404
