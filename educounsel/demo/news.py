"""What in a school only time brings: a line before a full door, an offer, a reminder, an answer."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from educounsel.accounts.models import Role, User
from educounsel.appointments import notices, waiting
from educounsel.appointments.models import Appointment, Availability, Waiting
from educounsel.appointments.slots import DAYS
from educounsel.companion.models import Message
from educounsel.companion.seeing import tell_unless_seen
from educounsel.notifications.models import Notification
from educounsel.notifications.notify import notify

EVENING = time(16)


def add_news() -> None:
    guru = User.objects.get(name="Bu Rina Nuraini", role=Role.GURU_BK)
    today = timezone.localdate(timezone=guru.school.zone)
    until = today + timedelta(days=DAYS - 1)
    _stand_in_line("Galih Nugraha", guru, today, until, "Bingung memilih ekskul")
    if day := _day_without_hours(guru, today, until):
        _stand_in_line("Elsa Marlina", guru, day, day, "Gugup saat presentasi")
    waiting.serve(guru.pk)
    for appointment in Appointment.objects.filter(counsellor=guru, status="Selesai"):
        _remind(appointment)
    for message in Message.objects.filter(conversation__student__school=guru.school):
        tell_unless_seen(message.pk)


def _stand_in_line(student: str, guru: User, from_day: date, until_day: date, topic: str) -> None:
    wish = Waiting(counsellor=guru, from_day=from_day, until_day=until_day, topic=topic)
    waiting.wait(User.objects.get(name=student, school=guru.school), wish)


def _day_without_hours(guru: User, first: date, last: date) -> date | None:
    """For whom nothing becomes free: so that somebody still stands in line."""
    open_on = set(Availability.objects.filter(counsellor=guru).values_list("weekday", flat=True))
    days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    return next((day for day in days if day.weekday() not in open_on), None)


def _remind(appointment: Appointment) -> None:
    """Of a meeting that is over, as it was told on the eve of it, and read."""
    student, zone = appointment.student, appointment.counsellor.school.zone
    notify([student.pk], notices.reminder(appointment, student, "Besok ada janji"))
    eve = timezone.localdate(appointment.starts_at, zone) - timedelta(days=1)
    at = datetime.combine(eve, EVENING, zone)
    reminders = Notification.objects.filter(recipient=student, kind="reminder")
    reminders.update(created_at=at, read_at=at)
