from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from educounsel.appointments import booking
from educounsel.companion.models import Case
from educounsel.dashboard.overview import guru_overview
from educounsel.materi.models import Status
from tests.appointments.diary import MONDAY_8, THURSDAY_9, ask, open_hours
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.factories import make_materi, make_student

PAGE = "/guru/dashboard"


@pytest.fixture
def rina(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.rina)


def main(client: Client) -> str:
    page = client.get(PAGE).text
    return page[page.index("<main") : page.index("</main>")]


def test_an_empty_day_says_so(rina: Client) -> None:
    page = main(rina)
    for empty in ("Tidak ada pertemuan hari ini", "Tidak ada yang menunggu", "Tidak ada draf"):
        assert empty in page


def test_an_unclaimed_case_of_my_school_stands_first(cast: Cast, rina: Client) -> None:
    now = timezone.now()
    case = Case.objects.create(school=cast.school, student=cast.sari)
    Case.objects.create(school=cast.school, student=cast.dodi, closed_at=now)
    Case.objects.create(school=cast.school, student=cast.dodi, claimed_by=cast.budi, claimed_at=now)
    Case.objects.create(school=cast.other_school, student=cast.tia)
    assert guru_overview(cast.rina).cases == [case]
    page = main(rina)
    assert page.index("Perlu dijangkau sekarang") < page.index("Pertemuan hari ini")
    assert f'/{case.pk}"' in page
    assert "XI IPA 2" in page
    assert "Sari" not in page


def test_todays_meetings_are_those_of_the_schools_day(cast: Cast) -> None:
    with time_machine.travel(MONDAY_8, tick=False) as clock:
        open_hours(cast.tono, hours=(6, 9))
        early = THURSDAY_9 - timedelta(hours=4)  # 06.00 WITA, still Wednesday in UTC
        today = [ask(cast.tia, cast.tono, early + timedelta(minutes=30 * n)) for n in range(2)]
        next_week = ask(cast.tia, cast.tono, early + timedelta(weeks=1))
        waits = ask(cast.tia, cast.tono, early + timedelta(hours=2))
        for appointment in (*today, next_week):
            booking.confirm(appointment)
        clock.move_to(early - timedelta(hours=1))
        overview = guru_overview(cast.tono)
    assert (overview.today, overview.waiting) == (today, [waits])


@time_machine.travel(MONDAY_8, tick=False)
def test_another_guru_bk_sees_none_of_it(cast: Cast) -> None:
    open_hours(cast.rina)
    ask(cast.sari, cast.rina)
    make_materi(cast.rina, "Draf", status=Status.DRAFT, published_at=None)
    for other in (cast.budi, cast.tono):
        overview = guru_overview(other)
        assert (overview.waiting, overview.today, overview.drafts) == ([], [], [])


def test_my_drafts_and_not_what_is_published(cast: Cast) -> None:
    draft = make_materi(cast.rina, "Draf", status=Status.DRAFT, published_at=None)
    make_materi(cast.rina, "Terbit")
    make_materi(cast.budi, "Draf lain", status=Status.DRAFT, published_at=None)
    assert guru_overview(cast.rina).drafts == [draft]


@time_machine.travel(MONDAY_8, tick=False)
def test_many_rows_cost_what_one_costs(cast: Cast, rina: Client) -> None:
    open_hours(cast.rina)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            rina.get(PAGE)
        return len(queries)

    def add(number: int) -> None:
        student = make_student(cast.sari_class)
        ask(student, cast.rina, THURSDAY_9 + timedelta(minutes=30 * (number - 2)))
        Case.objects.create(school=cast.school, student=student)
        make_materi(cast.rina, f"Draf {number}", status=Status.DRAFT, published_at=None)

    add(0)
    one = cost()
    for number in range(1, 4):
        add(number)
    assert cost() == one


def test_the_page_is_for_guru_bk(cast: Cast, client: Client, client_of: ClientOf) -> None:
    for other in (cast.sari, cast.admin):
        assert client_of(other).get(PAGE).status_code == 404
    assert client.get(PAGE)["Location"] == f"/login?next={PAGE}"
    assert client_of(cast.rina).post(PAGE).status_code == 405
