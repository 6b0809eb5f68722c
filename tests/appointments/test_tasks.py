"""Who is told what, by the tasks themselves: a worker only calls them."""

from datetime import timedelta

import pytest

from educounsel.appointments import booking, tasks
from educounsel.appointments.models import Appointment, Status
from educounsel.notifications.models import Notification
from tests.appointments.diary import THURSDAY_9, ask
from tests.cast import Cast


def told() -> dict[str, object]:
    row = Notification.objects.get()
    return {
        "who": row.recipient,
        "kind": row.kind,
        "title": row.title,
        "text": row.text,
        "url": row.url,
    }


def test_the_guru_bk_is_told_of_a_request(school_week: Cast) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    tasks.send_appointment_notification.func(appointment.pk)
    assert told() == {
        "who": school_week.rina,
        "kind": "appointment",
        "title": "Permintaan janji baru",
        "text": "Sari Amelia meminta Kamis, 26 November, 09.00 WIB.",
        "url": f"/guru/appointments/{appointment.pk}",
    }


def test_the_hour_is_that_of_the_school(school_week: Cast) -> None:
    appointment = ask(school_week.tia, school_week.tono, THURSDAY_9 - timedelta(hours=1))
    tasks.send_appointment_notification.func(appointment.pk)
    assert told()["text"] == "Tia Rahayu meminta Kamis, 26 November, 09.00 WITA."


@pytest.mark.parametrize(
    ("answer", "title", "text"),
    [
        (
            Status.CONFIRMED,
            "Janji diterima",
            "Bu Rina Nuraini menunggumu: Kamis, 26 November, 09.00 WIB.",
        ),
        (
            Status.DECLINED,
            "Janji belum bisa",
            "Bu Rina Nuraini belum bisa pada Kamis, 26 November, 09.00 WIB. Lihat alasannya.",
        ),
        (
            Status.CANCELLED,
            "Janji dibatalkan",
            "Bu Rina Nuraini membatalkan janji Kamis, 26 November, 09.00 WIB. Lihat alasannya.",
        ),
    ],
)
def test_the_student_is_told_the_answer(
    school_week: Cast, answer: Status, title: str, text: str
) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    tasks.send_appointment_answer.func(appointment.pk, answer.value)
    assert told() == {
        "who": school_week.sari,
        "kind": "appointment",
        "title": title,
        "text": text,
        "url": f"/student/appointments/{appointment.pk}",
    }


def test_the_guru_bk_is_told_that_the_student_withdrew(school_week: Cast) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    tasks.send_appointment_withdrawal.func(appointment.pk)
    assert (told()["who"], told()["title"]) == (school_week.rina, "Janji dibatalkan siswa")


def test_a_task_that_runs_twice_tells_once(school_week: Cast) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    for _ in range(2):
        tasks.send_appointment_notification.func(appointment.pk)
        tasks.send_appointment_answer.func(appointment.pk, Status.CONFIRMED.value)
    assert Notification.objects.count() == 2


def test_each_thing_that_happens_is_told(school_week: Cast) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    for answer in (Status.CONFIRMED, Status.CANCELLED):
        tasks.send_appointment_answer.func(appointment.pk, answer.value)
    titles = Notification.objects.order_by("pk").values_list("title", flat=True)
    assert list(titles) == ["Janji diterima", "Janji dibatalkan"]


def test_what_was_written_is_in_no_notification(school_week: Cast) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    booking.decline(appointment, "Alasan pribadi")
    tasks.send_appointment_notification.func(appointment.pk)
    tasks.send_appointment_withdrawal.func(appointment.pk)
    for answer in (Status.CONFIRMED, Status.DECLINED, Status.CANCELLED):
        tasks.send_appointment_answer.func(appointment.pk, answer.value)
    words = str(list(Notification.objects.values()))
    assert Notification.objects.count() == 5
    assert not [secret for secret in ("Susah tidur", "seminggu", "pribadi") if secret in words]


def test_an_appointment_that_is_gone_is_no_error(school_week: Cast) -> None:
    appointment = ask(school_week.sari, school_week.rina)
    Appointment.objects.all().delete()
    tasks.send_appointment_notification.func(appointment.pk)
    assert not Notification.objects.exists()
