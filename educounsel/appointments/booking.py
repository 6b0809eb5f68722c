"""BOOKING: the one door through which an appointment changes.

Each verb is one transaction. Its job is a row of the same transaction, so that what is saved is
also told, and what is refused is not.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.appointments.models import STANDING, Appointment, Hold, Status, ticks_of
from educounsel.appointments.slots import Slot, find_slot
from educounsel.appointments.tasks import (
    send_appointment_answer,
    send_appointment_notification,
    send_appointment_withdrawal,
)


class BookingRefused(Exception):
    """Why nothing changed, as a sentence for the person at the form."""

    sentence: str


class SlotTaken(BookingRefused):
    sentence = "Jam ini baru saja terisi. Pilih jam lain; tulisanmu masih ada di sini."


class SlotGone(BookingRefused):
    sentence = "Jam ini sudah tidak bisa dipilih. Pilih jam lain; tulisanmu masih ada di sini."


class TooLate(BookingRefused):
    sentence = "Sudah terlalu dekat dengan waktunya. Hubungi Guru BK di sekolah, ya."


class AlreadyBegun(BookingRefused):
    sentence = "Waktu janji ini sudah lewat, jadi tidak bisa diterima lagi."


class NotYetBegun(BookingRefused):
    sentence = "Pertemuan ini belum dimulai. Tandai selesai setelah bertemu."


class AlreadyDecided(BookingRefused):
    sentence = "Status janji ini sudah berubah. Di bawah ini keadaannya sekarang."


def book(
    student: User, counsellor: User, starts_at: datetime, topic: str, note: str, key: UUID
) -> Appointment:
    """Asks for a free slot. The same key again gives the same appointment, whatever became of it.

    Raises SlotGone or SlotTaken.
    """
    try:
        slot = _free_slot(student, counsellor, starts_at)
        return _ask(student, counsellor, slot, topic=topic, note=note, key=key)
    except BookingRefused:
        # Perhaps it was this very form, sent a moment ago, that took the slot.
        asked = Appointment.objects.filter(student=student, key=key).first()
        if asked is None:
            raise
        return asked


def _free_slot(student: User, counsellor: User, starts_at: datetime) -> Slot:
    slot = find_slot(student, counsellor, starts_at)
    if slot is None:
        raise SlotGone
    if not slot.is_free:
        raise SlotTaken
    return slot


def _ask(student: User, counsellor: User, slot: Slot, **words: str | UUID) -> Appointment:
    """Somebody may take the slot at this moment: then the constraints decide who has it."""
    try:
        with transaction.atomic():
            appointment = Appointment.objects.create(
                student=student,
                counsellor=counsellor,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                **words,
            )
            Hold.objects.bulk_create(_holds(appointment))
            send_appointment_notification.enqueue(appointment.pk)
    except IntegrityError as conflict:
        raise SlotTaken from conflict
    return appointment


def _holds(appointment: Appointment) -> list[Hold]:
    """Always in the same order: two that collide wait for each other, and never both for ever."""
    return [
        Hold(appointment=appointment, person_id=person_id, tick=tick)
        for person_id in sorted({appointment.student_id, appointment.counsellor_id})
        for tick in ticks_of(appointment.starts_at, appointment.ends_at)
    ]


@transaction.atomic
def confirm(appointment: Appointment) -> None:
    """Raises AlreadyBegun or AlreadyDecided."""
    if appointment.has_begun:
        raise AlreadyBegun
    _change(appointment, (Status.PENDING,), Status.CONFIRMED)
    send_appointment_answer.enqueue(appointment.pk, Status.CONFIRMED)


@transaction.atomic
def decline(appointment: Appointment, reason: str) -> None:
    """Raises AlreadyDecided."""
    _change(appointment, (Status.PENDING,), Status.DECLINED, reason)
    send_appointment_answer.enqueue(appointment.pk, Status.DECLINED)


@transaction.atomic
def cancel(appointment: Appointment, reason: str) -> None:
    """The Guru BK calls off what was promised. Raises AlreadyDecided."""
    _change(appointment, (Status.CONFIRMED,), Status.CANCELLED, reason)
    send_appointment_answer.enqueue(appointment.pk, Status.CANCELLED)


@transaction.atomic
def withdraw(appointment: Appointment) -> None:
    """The student calls it off, in time for another to use the hour.

    Raises TooLate or AlreadyDecided.
    """
    if appointment.is_standing and not appointment.is_cancellable:
        raise TooLate
    _change(appointment, STANDING, Status.CANCELLED)
    send_appointment_withdrawal.enqueue(appointment.pk)


@transaction.atomic
def complete(appointment: Appointment) -> None:
    """Raises NotYetBegun or AlreadyDecided."""
    if not appointment.has_begun:
        raise NotYetBegun
    _change(appointment, (Status.CONFIRMED,), Status.DONE)


def _change(
    appointment: Appointment, before: tuple[Status, ...], after: Status, reason: str = ""
) -> None:
    """Of two people who decide in the same instant one changes the row; the other is told."""
    changed = Appointment.objects.filter(pk=appointment.pk, status__in=before).update(
        status=after, reason=reason, decided_at=timezone.now()
    )
    if changed != 1:
        raise AlreadyDecided
    if after not in STANDING:
        Hold.objects.filter(appointment=appointment).delete()
