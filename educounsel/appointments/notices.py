"""What the two people of an appointment are told. Never its topic, note or reason: those stay on
the page of the appointment itself."""

from datetime import datetime
from typing import ClassVar

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from educounsel.accounts.models import Role, User
from educounsel.appointments.models import Appointment, Offer, Status
from educounsel.notifications.notice import Notice
from educounsel.schools.models import School

ANSWERS = {
    Status.CONFIRMED: ("Janji diterima", "{guru} menunggumu: {when}."),
    Status.DECLINED: ("Janji belum bisa", "{guru} belum bisa pada {when}. Lihat alasannya."),
    Status.CANCELLED: ("Janji dibatalkan", "{guru} membatalkan janji {when}. Lihat alasannya."),
}


class AppointmentNotice(Notice):
    kind: ClassVar[str] = "appointment"
    label: ClassVar[str] = "Janji temu"
    icon: ClassVar[str] = "calendar"
    on_locked_screen: ClassVar[str] = "Ada pembaruan jadwal"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.STUDENT, Role.GURU_BK})


class AppointmentReminder(Notice):
    kind: ClassVar[str] = "reminder"
    label: ClassVar[str] = "Pengingat janji"
    icon: ClassVar[str] = "clock"
    on_locked_screen: ClassVar[str] = "Ada pengingat jadwal"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.STUDENT, Role.GURU_BK})


class WaitingOffer(Notice):
    kind: ClassVar[str] = "offer"
    label: ClassVar[str] = "Tawaran dari daftar tunggu"
    icon: ClassVar[str] = "calendar"
    on_locked_screen: ClassVar[str] = "Ada pembaruan jadwal"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.STUDENT})


def offered(offer: Offer, counsellor: User) -> Notice:
    return WaitingOffer(
        subject=f"offer:{offer.pk}",
        title="Ada jam kosong untukmu",
        text=f"{counsellor}: {_at(offer.starts_at, counsellor.school)}. "
        f"Disimpan sampai {_at(offer.expires_at, counsellor.school)}.",
        url=reverse("appointments:offer", args=[offer.pk]),
    )


def asked(appointment: Appointment) -> Notice:
    return AppointmentNotice(
        subject=_subject(appointment, "asked"),
        title="Permintaan janji baru",
        text=f"{appointment.student} meminta {_when(appointment)}.",
        url=reverse("appointments:guru_detail", args=[appointment.pk]),
    )


def withdrawn(appointment: Appointment) -> Notice:
    return AppointmentNotice(
        subject=_subject(appointment, "withdrawn"),
        title="Janji dibatalkan siswa",
        text=f"{appointment.student} membatalkan {_when(appointment)}. Jamnya kosong lagi.",
        url=reverse("appointments:guru_detail", args=[appointment.pk]),
    )


def answered(appointment: Appointment, answer: Status) -> Notice:
    title, text = ANSWERS[answer]
    return AppointmentNotice(
        subject=_subject(appointment, answer.name.lower()),
        title=title,
        text=text.format(guru=appointment.counsellor, when=_when(appointment)),
        url=reverse("appointments:detail", args=[appointment.pk]),
    )


def moved(appointment: Appointment) -> Notice:
    return AppointmentNotice(
        subject=_subject(appointment, "moved"),
        title="Janji dipindah",
        text=f"{appointment.counsellor} memindahkannya ke {_when(appointment)}. Cocok untukmu?",
        url=reverse("appointments:detail", args=[appointment.pk]),
    )


def asked_to_move(appointment: Appointment) -> Notice:
    return AppointmentNotice(
        subject=_subject(appointment, "asked_to_move"),
        title="Siswa minta pindah jam",
        text=f"{appointment.student} meminta {_when(appointment)}. Jam lamanya kosong lagi.",
        url=reverse("appointments:guru_detail", args=[appointment.pk]),
    )


def move_accepted(appointment: Appointment) -> Notice:
    return AppointmentNotice(
        subject=_subject(appointment, "move_accepted"),
        title="Siswa setuju jam baru",
        text=f"{appointment.student}: {_when(appointment)}.",
        url=reverse("appointments:guru_detail", args=[appointment.pk]),
    )


def reminder(appointment: Appointment, person: User, title: str) -> Notice:
    other, page = appointment.counsellor, "appointments:detail"
    if person == appointment.counsellor:
        other, page = appointment.student, "appointments:guru_detail"
    return AppointmentReminder(
        subject=_subject(appointment, title),
        title=title,
        text=f"Dengan {other}: {_when(appointment)}.",
        url=reverse(page, args=[appointment.pk]),
    )


def _subject(appointment: Appointment, what: str) -> str:
    """What is said of another time is said anew."""
    moved = f":{appointment.moves}" if appointment.moves else ""
    return f"appointment:{appointment.pk}:{what}{moved}"


def _when(appointment: Appointment) -> str:
    """A worker has no school's time of its own, so the zone is said."""
    return _at(appointment.starts_at, appointment.counsellor.school)


def _at(moment: datetime, school: School) -> str:
    local = timezone.localtime(moment, school.zone)
    return f"{date_format(local, 'l, j F, H.i')} {school.get_timezone_display()}"
