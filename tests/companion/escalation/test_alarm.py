"""Danger again while somebody holds the case, or who held it has left: people are told anew."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from django_ox.models import OxTask

from educounsel.accounts.models import Role, User
from educounsel.companion import cases
from educounsel.companion.models import Case, Step
from educounsel.notifications.models import Notification
from educounsel.schools.models import CrisisPlan
from tests.cast import Cast
from tests.companion.conftest import DANGER, say
from tests.companion.escalation.conftest import SATURDAY_NOON, Clock, sweep, told
from tests.conftest import ClientOf

# --- Danger again while somebody holds the case ------------------------------------------------

AGAIN = "aku udah siapin tali"


@pytest.fixture
def alarmed(case: Case, clock: Clock, cast: Cast) -> Case:
    """Pak Budi has held it for two minutes when Sari writes again."""
    cases.claim(case, cast.budi)
    clock.shift(timedelta(minutes=2))
    say(cast.sari, AGAIN)
    case.refresh_from_db()
    return case


def after(case: Case, clock: Clock, minutes: float) -> list[tuple[str, str, float]]:
    """Who has been told so long after the alarm, in minutes after it."""
    assert case.alarmed_at
    clock.move_to(case.alarmed_at + timedelta(minutes=minutes))
    sweep()
    passed = (case.alarmed_at - case.opened_at) / timedelta(minutes=1)
    return [(step, who, round(minute - passed, 2)) for step, who, minute in told(case)]


HOLDER, ON_DUTY = (Step.HOLDER, "Budi", 0), (Step.DUTY, "Rina", 0)
AFTER_FIVE = [(Step.SECOND, "Citra", 5), (Step.SECOND, "Rina", 5)]


def test_who_holds_it_is_alerted_at_once(alarmed: Case, clock: Clock, cast: Cast) -> None:
    assert after(alarmed, clock, 0) == [HOLDER, ON_DUTY]
    alerts = Notification.objects.filter(kind="case", recipient=cast.budi)
    assert [alert.is_urgent for alert in alerts] == [True]
    mails = OxTask.objects.filter(task_path__endswith=".mail_case")
    assert [alarmed.pk, cast.budi.pk] in [job.args for job in mails]


def test_until_they_look_one_after_the_other_is_told_again(alarmed: Case, clock: Clock) -> None:
    five = alarmed.opened_at + timedelta(minutes=7)
    assert (alarmed.next_step, alarmed.next_at) == (Step.SECOND, five)
    assert after(alarmed, clock, 4.99) == [HOLDER, ON_DUTY]
    assert after(alarmed, clock, 5)[2:] == AFTER_FIVE
    assert after(alarmed, clock, 15)[4:] == [(Step.COORDINATOR, "Citra", 15)]
    assert after(alarmed, clock, 30)[5:] == [(Step.HEAD, "Hadi", 30)]
    assert len(after(alarmed, clock, 300)) == 6


def looks(case: Case, guru: User, client_of: ClientOf) -> None:
    client_of(guru).get(f"/guru/crisis/{case.pk}")


def notes_contact(case: Case, guru: User, client_of: ClientOf) -> None:
    cases.note_contact(case, guru, "Sudah bersama saya")


def closes(case: Case, guru: User, client_of: ClientOf) -> None:
    cases.close(case, guru, "Aman")


@pytest.mark.parametrize("react", [looks, notes_contact, closes])
def test_when_they_react_nobody_else_is_told(
    alarmed: Case,
    clock: Clock,
    cast: Cast,
    client_of: ClientOf,
    react: Callable[[Case, User, ClientOf], None],
) -> None:
    react(Case.objects.get(), cast.budi, client_of)
    now = Case.objects.get()
    assert (now.alarmed_at, now.next_at) == (None, None)
    assert after(alarmed, clock, 60) == [HOLDER, ON_DUTY]


def test_a_colleague_who_looks_or_a_page_that_refreshes_is_no_reaction(
    alarmed: Case, clock: Clock, cast: Cast, client_of: ClientOf
) -> None:
    looks(alarmed, cast.rina, client_of)
    address = f"/guru/crisis/{alarmed.pk}"
    client_of(cast.budi).get(address, headers={"HX-Request": "true"})
    assert len(after(alarmed, clock, 5)) == 4


def test_a_colleague_may_take_it_over(alarmed: Case, clock: Clock, cast: Cast) -> None:
    cases.claim(alarmed, cast.rina)
    alarmed.refresh_from_db()
    assert (alarmed.claimed_by, alarmed.alarmed_at, alarmed.next_at) == (cast.rina, None, None)
    with pytest.raises(cases.CaseRefused, match="lebih dulu"):
        cases.claim(alarmed, cast.budi)


def test_each_time_danger_is_written_it_begins_anew(
    alarmed: Case, clock: Clock, cast: Cast, client_of: ClientOf
) -> None:
    assert len(after(alarmed, clock, 5)) == 4
    say(cast.sari, AGAIN)
    assert len(told(alarmed)) == 4
    looks(alarmed, cast.budi, client_of)
    clock.shift(timedelta(minutes=1))
    say(cast.sari, AGAIN)
    alarmed.refresh_from_db()
    assert after(alarmed, clock, 5) == [HOLDER, ON_DUTY, *AFTER_FIVE]


def test_at_night_the_next_wait_as_the_plan_says_and_the_holder_does_not(
    cast: Cast, clock: Clock, plan: CrisisPlan
) -> None:
    CrisisPlan.objects.filter(pk=plan.pk).update(rings_after_hours=False)
    clock.move_to(SATURDAY_NOON)
    say(cast.sari, DANGER)
    cases.claim(Case.objects.get(), cast.budi)
    clock.shift(timedelta(minutes=2))
    say(cast.sari, AGAIN)
    alarmed = Case.objects.get()
    assert after(alarmed, clock, 60) == [HOLDER, ON_DUTY]
    assert alarmed.next_at
    local = timezone.localtime(alarmed.next_at, cast.school.zone)
    assert local.strftime("%a %H.%M") == "Mon 07.05"


def test_pages_say_that_it_waits(
    alarmed: Case, clock: Clock, cast: Cast, client_of: ClientOf
) -> None:
    card = " ".join(client_of(cast.sari).get("/student/ai-companion").text.split())
    assert "Pak Budi Santoso belum membuka pesanmu yang baru. Kalau tetap begitu" in card
    assert "<b>Pak Budi Santoso</b> (Pemegang kasus) diberi tahu pukul 10.02" in card
    for address in ("/guru/crisis", "/guru/dashboard"):
        page = client_of(cast.rina).get(address).text
        assert "Pesan bahaya baru" in page
        assert "Sari" not in page
    oversight = client_of(cast.head).get("/kepala/crisis").text
    assert "Pak Budi Santoso belum membukanya" in oversight
    address = f"/guru/crisis/{alarmed.pk}"
    assert "Ambil alih" in client_of(cast.rina).get(address).text
    budi = client_of(cast.budi)
    assert "Baca sekarang" in budi.get(address, headers={"HX-Request": "true"}).text
    page = " ".join(budi.get(address).text.split())
    assert "Pesan bahaya baru" not in page
    assert "Diberi tahu sebagai Pemegang kasus" in page
    assert page.count("Membuka kasus") == 2
    card = client_of(cast.sari).get("/student/ai-companion").text
    assert "Pak Budi Santoso</b> sudah membaca ini" in card


# --- Who holds it leaves -----------------------------------------------------------------------


@pytest.mark.parametrize("left", [{"is_active": False}, {"role": Role.ADMIN}])
def test_a_case_does_not_stay_with_somebody_who_has_left(
    case: Case, clock: Clock, cast: Cast, client_of: ClientOf, left: dict[str, object]
) -> None:
    cases.claim(case, cast.rina)
    cases.offer(case, cast.rina, cast.budi)
    clock.shift(timedelta(hours=1))
    User.objects.filter(pk=cast.rina.pk).update(**left)
    for _ in range(2):
        sweep()
    now = Case.objects.get()
    assert (now.claimed_by, now.offered_to, now.next_step) == (None, None, Step.COORDINATOR)
    assert [step for step, _, _ in told(now)] == [Step.DUTY, Step.DUTY]
    assert {who for _, who, _ in told(now)} == {"Budi", "Citra"}
    card = " ".join(client_of(cast.sari).get("/student/ai-companion").text.split())
    assert "Pak Budi Santoso</b> (Guru BK piket) diberi tahu pukul 11.00." in card
    assert "Belum ada yang menjawab." in card
    page = " ".join(client_of(cast.budi).get(f"/guru/crisis/{case.pk}").text.split())
    assert "Melepas kasus dari yang tidak bertugas lagi, Bu Rina Nuraini" in page
    cases.claim(now, cast.budi)
    sweep()
    assert Case.objects.get().claimed_by == cast.budi


def test_whoever_the_plan_names_is_told_in_that_role_only(
    case: Case, clock: Clock, cast: Cast, plan: CrisisPlan
) -> None:
    cast.school.days.update(on_duty=cast.dodi)
    CrisisPlan.objects.filter(pk=plan.pk).update(coordinator=cast.sari, head=cast.dodi)
    clock.shift(timedelta(hours=1))
    sweep()
    assert not Notification.objects.filter(kind="case", recipient__role=Role.STUDENT).exists()
