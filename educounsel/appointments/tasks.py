from django.tasks import task

from educounsel.appointments import notices
from educounsel.appointments.models import Appointment, Status, Waiting
from educounsel.appointments.reminding import remind
from educounsel.appointments.waiting import serve, serve_everybody
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


@task
def send_appointment_move(appointment_id: int) -> None:
    """To whom it was not that moved it last."""
    for appointment in Appointment.objects.filter(pk=appointment_id, moves__gt=0):
        if appointment.former_times.latest("pk").by_id == appointment.student_id:
            notify([appointment.counsellor_id], notices.asked_to_move(appointment))
        else:
            notify([appointment.student_id], notices.moved(appointment))


@task
def send_move_accepted(appointment_id: int) -> None:
    for appointment in Appointment.objects.filter(pk=appointment_id):
        notify([appointment.counsellor_id], notices.move_accepted(appointment))


def offer_what_is_free(counsellor_id: int) -> None:
    """No job where nobody waits; who comes in line at this moment is served by the minute's."""
    if Waiting.objects.in_line().filter(counsellor=counsellor_id).exists():
        serve_waiting.enqueue(counsellor_id)


@task
def serve_waiting(counsellor_id: int) -> None:
    serve(counsellor_id)


@task
def serve_all_waiting() -> None:
    """Also what no verb sees: an offer that lapses, a day that comes into reach."""
    serve_everybody()


@task
def remind_of_appointments() -> None:
    remind()
