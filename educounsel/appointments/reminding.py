"""Both people are reminded of what they agreed on: the day before, and an hour before.

A reminder whose time has passed is not sent late: the evening of the day before ends at 21.00, and
within the hour the words say how near it is.
"""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from educounsel.appointments import notices
from educounsel.appointments.models import Appointment, AppointmentQuerySet, Reminder
from educounsel.notifications.notify import notify

What = Reminder.What
# By the school's own clock: school is out, and nobody sleeps yet.
FROM, UNTIL = time(16), time(21)
HOUR, NEARLY = timedelta(hours=1), timedelta(minutes=50)


def remind() -> None:
    now = timezone.now()
    for appointment in _not_reminded(What.DAY).filter(starts_at__lt=now + timedelta(hours=32)):
        if _is_the_evening_before(appointment, now):
            _remind(appointment, What.DAY, "Besok ada janji")
    for appointment in _not_reminded(What.HOUR).filter(starts_at__lte=now + HOUR):
        is_near = appointment.starts_at - now < NEARLY
        _remind(appointment, What.HOUR, "Sebentar lagi bertemu" if is_near else "Satu jam lagi")


def _not_reminded(what: Reminder.What) -> AppointmentQuerySet:
    told = Reminder.objects.filter(appointment=OuterRef("pk"), what=what, moves=OuterRef("moves"))
    agreed = Appointment.objects.agreed().filter(~Exists(told), starts_at__gt=timezone.now())
    return agreed.select_related("student", "counsellor__school")


def _is_the_evening_before(appointment: Appointment, now: datetime) -> bool:
    """Who agreed to it within this evening knows."""
    zone = appointment.counsellor.school.zone
    eve = timezone.localdate(appointment.starts_at, zone) - timedelta(days=1)
    opens, closes = (datetime.combine(eve, clock, zone) for clock in (FROM, UNTIL))
    agreed_at = appointment.decided_at or appointment.created_at
    return opens <= now < closes and agreed_at < opens


@transaction.atomic
def _remind(appointment: Appointment, what: Reminder.What, title: str) -> None:
    """Looked at again under a lock: it may have been moved or called off a moment ago."""
    still = Appointment.objects.agreed().filter(pk=appointment.pk, moves=appointment.moves)
    if not list(still.select_for_update(no_key=True)):
        return
    _, is_new = Reminder.objects.get_or_create(
        appointment=appointment, what=what, moves=appointment.moves
    )
    if is_new:
        for person in (appointment.student, appointment.counsellor):
            notify([person.pk], notices.reminder(appointment, person, title))
