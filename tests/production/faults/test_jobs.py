"""Jobs that cannot be done, and clocks that cannot be trusted."""

import signal
import time
from collections.abc import Callable, Iterator

import pytest

from deploy.rehearsal.application import Worker
from deploy.rehearsal.machine import Machine
from tests.production.faults.conftest import PersonNamed, Rows, Tell
from tests.production.faults.people import until
from tests.production.faults.table import at_most

pytestmark = pytest.mark.timeout(600)

POISON = """
from educounsel.materi.tasks import announce_materi
from tests.production.faults.poison import kill_the_worker
announce_materi.enqueue("no number")
kill_the_worker.enqueue()
"""
ENDS = """
SELECT status, count(*) FROM django_ox_oxtask
WHERE args @> '["no number"]' OR task_path LIKE '%%kill_the_worker' GROUP BY status ORDER BY status
"""
# As many as the two workers have threads.
ENDLESS = """
from tests.production.faults.poison import never_end, never_end_nor_listen
for _ in range(6):
    never_end.enqueue()
    never_end_nor_listen.enqueue()
"""
ENDLESS_ENDS = """
SELECT status, count(*) FROM django_ox_oxtask
WHERE task_path LIKE '%%never_end%%' GROUP BY status ORDER BY status
"""
# A clock that jumps an hour is, to these rows, the same as hours that jump the other way.
A_JUMPING_CLOCK = """
from datetime import timedelta
from uuid import uuid4
from django.db.models import F
from django.utils import timezone
from educounsel.accounts.models import User
from educounsel.appointments.models import Appointment, Reminder
from educounsel.appointments.notices import AppointmentReminder
from educounsel.appointments.reminding import remind
from educounsel.notifications.models import Notification

nabila, rina = (User.objects.get(name=name) for name in ("Nabila Zahra", "Bu Rina Nuraini"))
begins = timezone.now() + timedelta(minutes=90)
soon = Appointment.objects.create(
    student=nabila, counsellor=rina, starts_at=begins, ends_at=begins + timedelta(minutes=30),
    topic="Jam melompat", key=uuid4(), status="Diterima", decided_at=timezone.now())
mine = Appointment.objects.filter(pk=soon.pk)

def told_after(hours):
    mine.update(starts_at=F("starts_at") - timedelta(hours=hours),
                ends_at=F("ends_at") - timedelta(hours=hours))
    remind()
    remind()
    sent = Notification.objects.filter(kind=AppointmentReminder.kind, recipient__in=[nabila, rina])
    return sent.filter(subject__startswith=f"appointment:{soon.pk}:").count()

print([told_after(hours) for hours in (0, 1, -1, 1, -2, 2)])
mine.delete()
"""


def test_poison_does_not_stop_the_others(
    machine: Machine, person: PersonNamed, rows: Rows, fault: Tell
) -> None:
    sari = person("Sari Amelia")
    machine.manage("shell", "--no-imports", "-c", POISON)
    message = sari.ask("aku takut ujian")
    deaths = 0

    def both_have_ended() -> bool:
        nonlocal deaths
        for worker in machine.workers:
            if not worker.is_running():
                worker.start()
                deaths += 1
        return {status for status, _ in rows(ENDS)} <= {"FAILED", "LOST"}

    until(both_have_ended, within=200)
    assert sari.answer_to(message, within=60)
    assert sum(count for _, count in rows(ENDS)) == 2
    assert deaths <= 3
    fault(
        "a job that raises, and one that kills its worker",
        "the others are done, and these end as dead letters that a person can see and retry",
        f"both ended as failed, the second after {deaths} workers; an answer came meanwhile",
    )


@pytest.fixture
def impatient_workers(machine: Machine) -> Iterator[None]:
    """What they do not end in two seconds does not end, for them."""
    settings = machine.settings
    restart(machine.workers, settings | {"JOB_SECONDS": "2"})
    yield
    restart(machine.workers, settings)


def restart(workers: list[Worker], settings: dict[str, str]) -> None:
    for worker in workers:
        worker.stop(signal.SIGKILL)
        worker.settings = settings
        worker.start()


@pytest.mark.usefixtures("impatient_workers")
def test_jobs_that_never_end_stop_nobody(
    machine: Machine, person: PersonNamed, rows: Rows, fault: Tell
) -> None:
    sari = person("Sari Amelia")
    machine.manage("shell", "--no-imports", "-c", ENDLESS)
    message, began = sari.ask("aku takut ujian"), time.monotonic()

    def come(true: Callable[[], bool]) -> bool:
        machine.revive()  # as systemd does
        return true()

    until(lambda: come(lambda: "data-open" not in sari.turn(message)), within=200)
    waited = time.monotonic() - began
    over = {"FAILED", "LOST"}
    until(lambda: come(lambda: {status for status, _ in rows(ENDLESS_ENDS)} <= over), within=240)
    assert sum(count for _, count in rows(ENDLESS_ENDS)) == 12
    fault(
        "jobs that never end, as many as there are threads, half of which cannot be told to (with"
        " 2 seconds for a job in place of 300)",
        "the others are done, and these end as dead letters; a worker that has lost a thread ends"
        " and is started again",
        f"all ended as failed; an answer came within {at_most(waited)}",
    )


def test_a_clock_that_jumps_reminds_once(machine: Machine, fault: Tell) -> None:
    told = machine.manage("shell", "--no-imports", "-c", A_JUMPING_CLOCK)
    assert told.strip() == "[0, 2, 2, 2, 2, 2]"
    fault(
        "the clock jumps an hour forward, back, forward again, two back and forward (by moving the"
        " times of an appointment)",
        "no reminder twice, none lost",
        "each of the two people was reminded once",
    )
