"""Until somebody claims: who is told after how many minutes, by school hours, each once."""

from collections.abc import Callable
from datetime import date, time, timedelta
from threading import Event
from time import monotonic

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from django_ox.models import OxTask
from pytest_django import Settings

from educounsel.accounts.models import Role, User
from educounsel.companion import cases
from educounsel.companion.case_tasks import escalate_case, escalate_open_cases, mail_case
from educounsel.companion.escalation import told_entries
from educounsel.companion.models import Case, Step
from educounsel.jobs import JobHost
from educounsel.notifications.models import Notification
from educounsel.schools.models import CrisisPlan
from tests.cast import Cast
from tests.companion.conftest import DANGER, Heard, say
from tests.conftest import ClientOf
from tests.factories import make_guru

type Clock = time_machine.Traveller

SATURDAY_NOON, FRIDAY_EVENING = "2026-11-28T05:00:00Z", "2026-11-27T12:00:00Z"


@pytest.fixture
def plan(cast: Cast) -> CrisisPlan:
    """Bu Citra coordinates, Pak Hadi heads the school."""
    plan = CrisisPlan.objects.get(school=cast.school)
    plan.coordinator = make_guru(cast.school, "Bu Citra", email="citra@cendekia.example")
    plan.head = cast.head
    plan.save()
    return plan


@pytest.fixture
def case(cast: Cast, plan: CrisisPlan, clock: Clock) -> Case:
    """Opened on Tuesday at 10.00."""
    say(cast.sari, DANGER)
    return Case.objects.get()


def sweep() -> None:
    escalate_open_cases.call()


def told(case: Case) -> list[tuple[str, str, float]]:
    """Step, first word of interest in the name, minutes after the opening."""
    return [
        (entry.step, str(entry.whom).split()[1], (entry.at - case.opened_at) / timedelta(minutes=1))
        for entry in told_entries(case)
    ]


DUTY = (Step.DUTY, "Rina", 0)
SECOND = [(Step.SECOND, "Citra", 5), (Step.SECOND, "Budi", 5)]
COORDINATOR, HEAD = (Step.COORDINATOR, "Citra", 15), (Step.HEAD, "Hadi", 30)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, [DUTY]),
        (4.99, [DUTY]),
        (5, [DUTY, *SECOND]),
        (14.99, [DUTY, *SECOND]),
        (15, [DUTY, *SECOND, COORDINATOR]),
        (29.99, [DUTY, *SECOND, COORDINATOR]),
        (30, [DUTY, *SECOND, COORDINATOR, HEAD]),
        (300, [DUTY, *SECOND, COORDINATOR, HEAD]),
    ],
)
def test_one_after_the_other_is_told(
    case: Case, clock: Clock, minutes: float, expected: list[tuple[str, str, float]]
) -> None:
    start = timezone.now()
    for due in (5, 15, 30):
        if due <= minutes:
            clock.move_to(start + timedelta(minutes=due))
            sweep()
    clock.move_to(start + timedelta(minutes=minutes))
    sweep()
    assert sorted(told(case)) == sorted(expected)


def test_told_once_however_often_it_runs(case: Case, clock: Clock) -> None:
    clock.shift(timedelta(minutes=31))
    for _ in range(3):
        sweep()
        escalate_case.call(case.pk)
    assert len(told(case)) == 5
    assert Notification.objects.filter(kind="case").count() == 5


def test_after_a_long_stop_everybody_due_is_told_at_once(case: Case, clock: Clock) -> None:
    clock.shift(timedelta(hours=2))
    sweep()
    assert [(step, minute) for step, _, minute in told(case)[1:]] == [
        (Step.SECOND, 120), (Step.SECOND, 120), (Step.COORDINATOR, 120), (Step.HEAD, 120),
    ]  # fmt: skip


def test_a_claim_ends_it(case: Case, clock: Clock, cast: Cast) -> None:
    clock.shift(timedelta(minutes=4))
    cases.claim(case, cast.budi)
    clock.shift(timedelta(hours=1))
    escalate_case.call(case.pk)
    sweep()
    assert told(case) == [DUTY]


def test_the_row_says_who_is_next_and_a_job_waits_for_it(case: Case, clock: Clock) -> None:
    five = case.opened_at + timedelta(minutes=5)
    assert (case.next_step, case.next_at) == (Step.SECOND, five)
    jobs = OxTask.objects.filter(task_path__endswith=".escalate_case")
    assert [(job.args, job.run_after) for job in jobs] == [([case.pk], five)]
    clock.shift(timedelta(minutes=30))
    sweep()
    case.refresh_from_db()
    assert (case.next_step, case.next_at) == ("", None)


def test_a_plan_that_changes_meanwhile_counts(case: Case, clock: Clock, plan: CrisisPlan) -> None:
    CrisisPlan.objects.filter(pk=plan.pk).update(second_after=2)
    clock.shift(timedelta(minutes=2))
    sweep()
    assert [step for step, _, _ in told(case)] == [Step.DUTY, Step.SECOND, Step.SECOND]


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


# --- Who is on duty ----------------------------------------------------------------------------


def duty_of(student: User) -> set[User | None]:
    say(student, DANGER)
    return {entry.whom for entry in told_entries(Case.objects.get()).filter(step=Step.DUTY)}


def test_by_default_the_guru_bk_of_the_class(cast: Cast, clock: Clock) -> None:
    assert duty_of(cast.dodi) == {cast.budi}


def test_who_is_named_for_the_day_comes_first(cast: Cast, clock: Clock) -> None:
    cast.school.days.filter(weekday=1).update(on_duty=cast.rina)
    assert duty_of(cast.dodi) == {cast.rina}


def test_who_is_named_for_after_hours(cast: Cast, clock: Clock, plan: CrisisPlan) -> None:
    clock.move_to(SATURDAY_NOON)
    cast.school.days.update(on_duty=cast.budi)
    CrisisPlan.objects.filter(pk=plan.pk).update(after_hours_duty=cast.rina)
    assert duty_of(cast.dodi) == {cast.rina}


def test_a_class_without_a_guru_bk_has_all_of_them(cast: Cast, clock: Clock) -> None:
    cast.dodi_class.counsellors.clear()
    assert duty_of(cast.dodi) == {cast.rina, cast.budi}


def test_who_has_left_is_not_waited_for(cast: Cast, clock: Clock) -> None:
    User.objects.filter(pk=cast.rina.pk).update(is_active=False)
    assert duty_of(cast.sari) == {cast.budi}


def test_with_no_guru_bk_at_all_the_head_is_told_at_once(
    cast: Cast, clock: Clock, plan: CrisisPlan
) -> None:
    User.objects.counsellors().of_school(cast.school.pk).update(is_active=False)
    say(cast.sari, DANGER)
    assert told(Case.objects.get()) == [(Step.HEAD, "Hadi", 0)]


def test_nobody_of_another_school_is_told(case: Case, clock: Clock, cast: Cast) -> None:
    clock.shift(timedelta(hours=1))
    sweep()
    others = Notification.objects.filter(recipient__in=[cast.tono, cast.other_admin, cast.admin])
    assert not others.exists()


# --- After hours -------------------------------------------------------------------------------


def next_at(cast: Cast, opened: str, clock: Clock) -> str:
    clock.move_to(opened)
    say(cast.sari, DANGER)
    due = Case.objects.get().next_at
    assert due
    return timezone.localtime(due, cast.school.zone).strftime("%a %H.%M")


def test_at_night_the_clock_runs_on_unless_the_plan_says_otherwise(
    cast: Cast, clock: Clock, plan: CrisisPlan
) -> None:
    assert next_at(cast, FRIDAY_EVENING, clock) == "Fri 19.05"


@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        (FRIDAY_EVENING, "Mon 07.05"),
        (SATURDAY_NOON, "Mon 07.05"),
        ("2026-11-23T23:00:00Z", "Tue 07.05"),  # Tuesday, 06.00
        ("2026-11-24T07:58:00Z", "Wed 07.03"),  # Tuesday, 14.58: two of five minutes are over
        ("2026-11-24T03:00:00Z", "Tue 10.05"),
    ],
)
def test_a_plan_may_count_school_time_only(
    cast: Cast, clock: Clock, plan: CrisisPlan, opened: str, expected: str
) -> None:
    CrisisPlan.objects.filter(pk=plan.pk).update(rings_after_hours=False)
    assert next_at(cast, opened, clock) == expected


def test_even_then_the_first_is_told_at_once_and_the_next_on_monday(
    cast: Cast, clock: Clock, plan: CrisisPlan
) -> None:
    CrisisPlan.objects.filter(pk=plan.pk).update(rings_after_hours=False)
    clock.move_to(SATURDAY_NOON)
    say(cast.sari, DANGER)
    case = Case.objects.get()
    clock.move_to("2026-11-30T00:04:00Z")  # Monday, 07.04
    sweep()
    assert told(case) == [DUTY]
    clock.shift(timedelta(minutes=1))
    sweep()
    assert [step for step, _, _ in told(case)] == [Step.DUTY, Step.SECOND, Step.SECOND]


def test_on_a_holiday_the_plan_goes_by_its_after_hours_part(
    cast: Cast, clock: Clock, plan: CrisisPlan
) -> None:
    cast.school.holidays.create(
        name="Hari Guru", starts_on=date(2026, 11, 24), ends_on=date(2026, 11, 25)
    )
    cast.school.days.update(on_duty=cast.budi)
    CrisisPlan.objects.filter(pk=plan.pk).update(
        rings_after_hours=False, after_hours_duty=cast.rina
    )
    assert next_at(cast, "2026-11-24T03:00:00Z", clock) == "Thu 07.05"
    assert told(Case.objects.get()) == [DUTY]


def test_a_school_that_never_opens_still_goes_on(
    cast: Cast, clock: Clock, plan: CrisisPlan
) -> None:
    CrisisPlan.objects.filter(pk=plan.pk).update(rings_after_hours=False)
    cast.school.days.all().delete()
    assert next_at(cast, SATURDAY_NOON, clock) == "Sat 12.05"


def test_the_hours_are_those_of_the_schools_own_clock(cast: Cast, clock: Clock) -> None:
    CrisisPlan.objects.filter(school=cast.other_school).update(rings_after_hours=False)
    cast.other_school.days.update(opens_at=time(7), closes_at=time(12))
    make_guru(cast.other_school, "Bu Wayan")
    clock.move_to("2026-11-24T04:30:00Z")  # 11.30 in Jakarta, 12.30 in Makassar
    say(cast.tia, DANGER)
    due = Case.objects.get().next_at
    assert due
    local = timezone.localtime(due, cast.other_school.zone)
    assert local.strftime("%a %H.%M") == "Wed 07.05"


# --- Mail --------------------------------------------------------------------------------------


def test_each_alert_goes_out_by_mail_as_well(case: Case, cast: Cast) -> None:
    jobs = OxTask.objects.filter(task_path__endswith=".mail_case")
    assert [job.args for job in jobs] == [[case.pk, cast.rina.pk]]


def test_the_mail_names_nobody_and_quotes_nothing(
    case: Case, cast: Cast, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://bk.sekolah.example"
    mail_case.call(case.pk, cast.rina.pk)
    (sent,) = mail.outbox
    assert sent.to == ["rina@cendekia.example"]
    assert settings.PUBLIC_URL in sent.body
    for secret in ("Sari", "Amelia", DANGER, "mati", "XI IPA"):
        assert secret not in f"{sent.subject} {sent.body}"


def test_no_mail_about_what_is_closed(case: Case, cast: Cast) -> None:
    cases.claim(case, cast.rina)
    cases.close(case, cast.rina, "Aman")
    mail_case.call(case.pk, cast.budi.pk)
    assert mail.outbox == []


# --- With a worker -----------------------------------------------------------------------------


def until(is_so: Callable[[], bool], seconds: float = 10) -> bool:
    pause, end = Event(), monotonic() + seconds
    while not is_so() and monotonic() < end:
        pause.wait(0.02)
    return is_so()


def test_a_worker_that_starts_after_the_time_has_passed_tells_the_next(
    committing: None, cast: Cast
) -> None:
    """A restart in between: the first process opened the case and ended; this one goes on."""
    with time_machine.travel(timezone.now() - timedelta(minutes=6), tick=False):
        say(cast.sari, DANGER)
    case = Case.objects.get()
    host = JobHost(threads=2)
    host.start()
    try:
        assert until(lambda: len(told(case)) == 2)
    finally:
        assert host.stop(seconds=10)
    assert [step for step, _, _ in told(case)] == [Step.DUTY, Step.SECOND]


# --- What pages show ---------------------------------------------------------------------------


def test_a_guru_bk_reads_how_long_until_the_next(
    case: Case, clock: Clock, cast: Cast, client_of: ClientOf
) -> None:
    clock.shift(timedelta(minutes=1, seconds=48))
    for address in ("/guru/crisis", f"/guru/crisis/{case.pk}", "/guru/dashboard"):
        page = " ".join(client_of(cast.rina).get(address).text.split())
        assert "Guru BK cadangan dihubungi dalam <time" in page
        assert ">3:12</time>" in page


def test_the_students_page_learns_of_each_step(
    cast: Cast, plan: CrisisPlan, heard: Heard, committing: None
) -> None:
    with time_machine.travel("2026-11-24T03:00:00Z", tick=False) as clock:
        message = say(cast.sari, DANGER)
        before = len(heard())
        clock.shift(timedelta(minutes=5))
        sweep()
    assert heard()[before:] == [{"message": message.pk}]


def test_the_head_sees_the_state_and_nothing_of_the_child(
    case: Case, clock: Clock, cast: Cast, client_of: ClientOf
) -> None:
    clock.shift(timedelta(minutes=30))
    sweep()
    alert = Notification.objects.get(recipient=cast.head)
    assert alert.url == "/kepala/crisis"
    head = client_of(cast.head)
    page = head.get(alert.url).text
    assert f"Kasus {case.pk} belum ada yang mengambil" in page
    assert "Telepon" in page
    for secret in ("Sari", "XI IPA", DANGER, "Keinginan mati"):
        assert secret not in page
    cases.claim(case, cast.budi)
    assert "diambil Pak Budi Santoso" in head.get(alert.url).text
