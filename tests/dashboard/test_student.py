from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from educounsel.accounts.models import User
from educounsel.appointments import booking
from educounsel.appointments.models import Appointment, Hold
from educounsel.dashboard.overview import student_overview
from educounsel.materi.models import Materi, Status
from educounsel.notifications.models import Notification
from tests.appointments.diary import MONDAY_8, THURSDAY_9, ask, open_hours
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.factories import make_materi

PAGE = "/student/dashboard"


@pytest.fixture
def sari(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.sari)


def tell(person: User, number: int) -> Notification:
    return Notification.objects.create(
        recipient=person, kind="materi", subject=f"materi:{number}", title=f"Materi baru {number}",
        url="/student/materi/1", icon="book",
    )  # fmt: skip


def main(client: Client) -> str:
    page = client.get(PAGE).text
    return page[page.index("<main") : page.index("</main>")]


def test_an_empty_day_says_so_kindly(sari: Client) -> None:
    page = main(sari)
    for empty in ("Belum ada janji", "Belum ada materi", "Semua sudah dibaca"):
        assert empty in page


@time_machine.travel("2026-11-25T17:30:00Z", tick=False)
def test_the_heading_has_the_class_and_the_day_at_school(cast: Cast, client_of: ClientOf) -> None:
    sari = client_of(cast.sari).get(PAGE).text
    assert "Halo, Sari" in sari
    assert "XI IPA 2 · Kamis, 26 November" in sari


def test_the_three_newest_materi_for_my_class(cast: Cast) -> None:
    with time_machine.travel(MONDAY_8, tick=False) as clock:
        made = []
        for number in range(4):
            made.append(make_materi(cast.rina, f"Materi {number}"))
            clock.shift(60)
        for_others = make_materi(cast.rina, "Untuk kelas lain")
        for_others.class_groups.add(cast.dodi_class)
        make_materi(cast.rina, "Draf", status=Status.DRAFT, published_at=None)
        make_materi(cast.tono, "Sekolah lain")
    assert student_overview(cast.sari).materi == made[:0:-1]


@time_machine.travel(MONDAY_8, tick=False)
def test_coming_appointments_soonest_first(cast: Cast) -> None:
    open_hours(cast.rina)
    later = ask(cast.sari, cast.rina, THURSDAY_9 + timedelta(weeks=1))
    sooner = ask(cast.sari, cast.rina)
    booking.decline(ask(cast.sari, cast.rina, THURSDAY_9 - timedelta(hours=1)), "Rapat")
    ask(cast.dodi, cast.rina, THURSDAY_9 + timedelta(minutes=30))
    assert student_overview(cast.sari).appointments == [sooner, later]


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(days=3), "Kamis, 26 November, 09.00"),
        (timedelta(days=2), "Lusa, 09.00"),
        (timedelta(hours=10), "Besok, 09.00"),
        (timedelta(hours=3), "Hari ini, 09.00"),
        (timedelta(minutes=-5), "Sedang berlangsung"),
    ],
)
def test_the_next_meeting_is_named_as_one_would(
    cast: Cast, client_of: ClientOf, before: timedelta, words: str
) -> None:
    with time_machine.travel(MONDAY_8, tick=False) as clock:
        open_hours(cast.rina)
        booking.confirm(ask(cast.sari, cast.rina))
        clock.move_to(THURSDAY_9 - before)
        assert words in main(client_of(cast.sari))


def test_what_is_unread_newest_first_and_how_much(cast: Cast, sari: Client) -> None:
    for number in range(7):
        tell(cast.sari, number)
    Notification.objects.filter(title="Materi baru 6").mark_read()
    tell(cast.dodi, 9)
    page = main(sari)
    shown = [title for title in map("Materi baru {}".format, range(10)) if title in page]
    assert shown == [f"Materi baru {number}" for number in (1, 2, 3, 4, 5)]
    assert page.index("Materi baru 5") < page.index("Materi baru 1")
    assert "6 notifikasi" in page


@time_machine.travel(MONDAY_8, tick=False)
def test_fifty_rows_cost_what_one_costs(cast: Cast, sari: Client) -> None:
    open_hours(cast.rina)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            sari.get(PAGE)
        return len(queries)

    def add(number: int) -> None:
        make_materi(cast.rina, f"Materi {number}")
        tell(cast.sari, number)

    add(0)
    appointment = ask(cast.sari, cast.rina)
    one = cost()
    for number in range(1, 50):
        add(number)
        appointment.pk, appointment.key = None, f"00000000-0000-4000-8000-{number:012}"
        appointment.save()
    assert (Materi.objects.count(), Appointment.objects.count(), Hold.objects.count()) == (
        50,
        50,
        4,
    )
    assert cost() == one


def test_htmx_gets_the_overview_alone(sari: Client) -> None:
    fragment = sari.get(PAGE, headers={"hx-request": "true"}).text
    assert "Materi terbaru" in fragment
    assert "<main" not in fragment


def test_the_page_is_for_students(cast: Cast, client: Client, client_of: ClientOf) -> None:
    for other in (cast.rina, cast.admin):
        assert client_of(other).get(PAGE).status_code == 404
    assert client.get(PAGE)["Location"] == f"/login?next={PAGE}"
    assert client_of(cast.sari).post(PAGE).status_code == 405
