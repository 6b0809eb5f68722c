"""A drill goes the way of a case, is marked everywhere, and says how long each part took."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from educounsel.companion import cases, drills
from educounsel.companion.case_tasks import escalate_open_cases, mail_case
from educounsel.companion.escalation import told_entries
from educounsel.companion.models import Case, Step
from educounsel.notifications.models import Notification
from tests.cast import Cast
from tests.companion.conftest import DANGER, say
from tests.conftest import ClientOf, CountQueries

DRILLS = "/guru/crisis/latihan"
type Clock = time_machine.Traveller


@pytest.fixture
def drill(cast: Cast, clock: Clock) -> Case:
    return drills.start(cast.rina)


def test_it_has_no_student_and_is_marked_wherever_it_shows(
    cast: Cast, client_of: ClientOf, drill: Case
) -> None:
    assert (drill.student, drill.is_drill) == (None, True)
    alerts = Notification.objects.filter(kind="case")
    assert {alert.title for alert in alerts} == {"LATIHAN: Perlu dijangkau sekarang"}
    rina = client_of(cast.rina)
    for address in ("/guru/crisis", f"/guru/crisis/{drill.pk}", "/guru/dashboard"):
        assert "LATIHAN" in rina.get(address).text
    mail_case.call(drill.pk, cast.rina.pk)
    assert mail.outbox[0].subject.startswith("[LATIHAN]")
    assert "Ini LATIHAN" in mail.outbox[0].body


def test_it_stands_below_every_child_and_looks_otherwise(
    cast: Cast, client_of: ClientOf, clock: Clock
) -> None:
    say(cast.sari, DANGER)
    clock.shift(timedelta(minutes=1))
    drills.start(cast.rina)
    for person, address in ((cast.rina, "/guru/crisis"), (cast.head, "/kepala/crisis")):
        page = client_of(person).get(address).text
        assert re.findall('class="(alert[^"]*)"', page) == ["alert", "alert drill"]


def test_it_runs_on_the_same_clocks(cast: Cast, clock: Clock, drill: Case) -> None:
    cast.school.crisis_plan.head = cast.head
    cast.school.crisis_plan.save()
    clock.shift(timedelta(minutes=30))
    escalate_open_cases.call()
    assert Notification.objects.get(recipient=cast.head).title.startswith("LATIHAN")


def test_with_nobody_named_for_the_day_it_still_reaches_its_second_step(
    cast: Cast, clock: Clock, drill: Case
) -> None:
    """As for a student of the first class, X-1, which is Pak Budi's."""
    clock.shift(timedelta(minutes=5))
    escalate_open_cases.call()
    told = [(entry.step, entry.whom) for entry in told_entries(drill)]
    assert told == [(Step.DUTY, cast.budi), (Step.SECOND, cast.rina)]


def test_its_page_says_who_will_be_told_and_who_is_missing(
    cast: Cast, client_of: ClientOf, clock: Clock
) -> None:
    page = " ".join(client_of(cast.rina).get(DRILLS).text.split())
    assert "Guru BK piket, pukul 10.00: Pak Budi Santoso" in page
    assert "Guru BK cadangan, pukul 10.05: Bu Rina Nuraini" in page
    assert "Belum ada orangnya:</b> Koordinator BK, Kepala sekolah." in page
    plan = cast.school.crisis_plan
    plan.coordinator, plan.head = cast.budi, cast.head
    plan.save()
    page = " ".join(client_of(cast.rina).get(DRILLS).text.split())
    assert "Kepala sekolah, pukul 10.30: Pak Hadi" in page
    assert "Belum ada orangnya" not in page


def test_its_times_are_measured(cast: Cast, client_of: ClientOf, clock: Clock, drill: Case) -> None:
    budi, address = client_of(cast.budi), f"/guru/crisis/{drill.pk}"
    clock.shift(timedelta(seconds=20))
    budi.get(address)
    clock.shift(timedelta(seconds=15))
    budi.post(f"{address}/claim")
    clock.shift(timedelta(minutes=2))
    budi.post(f"{address}/contact", {"note": "Pura-pura menelepon"})
    budi.post(f"{address}/closing", {"reason": "Latihan selesai"})
    (measured,) = drills.drills_of(cast.school.pk)
    assert [measured.told, measured.opened, measured.claimed, measured.contact] == [
        timedelta(), timedelta(seconds=20), timedelta(seconds=35), timedelta(seconds=155),
    ]  # fmt: skip
    page = budi.get(DRILLS).text
    for shown in ("0:20", "0:35", "2:35", "Selesai"):
        assert shown in page


def test_one_drill_at_a_time(cast: Cast, client_of: ClientOf, drill: Case) -> None:
    answer = client_of(cast.budi).post(f"{DRILLS}/start", follow=True)
    assert "Latihan sebelumnya belum ditutup" in answer.text
    assert Case.objects.count() == 1
    cases.claim(drill, cast.rina)
    cases.close(drill, cast.rina, "Selesai")
    client_of(cast.budi).post(f"{DRILLS}/start")
    assert Case.objects.count() == 2


def test_another_school_sees_nothing_of_it(cast: Cast, client_of: ClientOf, drill: Case) -> None:
    tono = client_of(cast.tono)
    assert "Belum ada latihan" in tono.get(DRILLS).text
    assert tono.get(f"/guru/crisis/{drill.pk}").status_code == 404
    assert not Notification.objects.filter(recipient=cast.tono).exists()


def test_more_drills_cost_no_more_queries(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries, drill: Case
) -> None:
    rina = client_of(cast.rina)
    one = count_queries(rina, DRILLS)
    for _ in range(2):
        Case.objects.open().update(closed_at=drill.opened_at)
        drills.start(cast.rina)
    assert count_queries(rina, DRILLS) == one
