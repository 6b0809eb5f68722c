from django.tasks import task

from educounsel.appointments import notices
from educounsel.appointments.models import Appointment, Status
from educounsel.notifications.notify import notify


@task
def send_appointment_notification(appointment_id: int) -> None:
    for appointment in Appointment.objects.filter(pk=appointment_id):
        notify([appointment.counsellor_id], notices.asked(appointment))


@task
def send_appointment_answer(appointment_id: int, answer: str) -> None:
    for appointment in Appointment.objects.filter(pk=appointment_id):
        notify([appointment.student_id], notices.answered(appointment, Status(answer)))


@task
def send_appointment_withdrawal(appointment_id: int) -> None:
    for appointment in Appointment.objects.filter(pk=appointment_id):
        notify([appointment.counsellor_id], notices.withdrawn(appointment))
