"""What reaches whom: mail, a worker that starts late, and the pages."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from time import monotonic

import time_machine
from django.core import mail
from django.utils import timezone
from django_ox.models import OxTask
from pytest_django import Settings

from educounsel.companion import cases
from educounsel.companion.case_tasks import mail_case
from educounsel.companion.models import Case, Step
from educounsel.jobs import JobHost
from educounsel.notifications.models import Notification
from educounsel.schools.models import CrisisPlan
from tests.cast import Cast
from tests.companion.conftest import DANGER, Heard, say
from tests.companion.escalation.conftest import Clock, sweep, told
from tests.conftest import ClientOf

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
