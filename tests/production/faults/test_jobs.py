"""Jobs that cannot be done, and clocks that cannot be trusted."""

import pytest

from deploy.rehearsal.machine import Machine
from tests.production.faults.conftest import PersonNamed, Rows, Tell
from tests.production.faults.people import until

pytestmark = pytest.mark.timeout(300)

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


def test_a_clock_that_jumps_reminds_once(machine: Machine, fault: Tell) -> None:
    told = machine.manage("shell", "--no-imports", "-c", A_JUMPING_CLOCK)
    assert told.strip() == "[0, 2, 2, 2, 2, 2]"
    fault(
        "the clock jumps an hour forward, back, forward again, two back and forward (by moving the"
        " times of an appointment)",
        "no reminder twice, none lost",
        "each of the two people was reminded once",
    )
