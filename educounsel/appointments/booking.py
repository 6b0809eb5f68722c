"""BOOKING: the one door through which an appointment changes.

Each verb is one transaction. Its job is a row of the same transaction, so that what is saved is
also told, and what is refused is not.
"""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.appointments.models import (
    STANDING,
    Appointment,
    FormerTime,
    Hold,
    Offer,
    Status,
    Waiting,
    ticks_of,
)
from educounsel.appointments.slots import Slot, find_slot
from educounsel.appointments.tasks import (
    offer_what_is_free,
    send_appointment_answer,
    send_appointment_move,
    send_appointment_notification,
    send_appointment_withdrawal,
    send_move_accepted,
)
from educounsel.appointments.waiting import keep_place
from educounsel.form_keys import key_of

type Fields = dict[str, str | bool]


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
    sentence = "Waktu janji ini sudah lewat, jadi tidak bisa diterima atau dipindah lagi."


class NotYetBegun(BookingRefused):
    sentence = "Pertemuan ini belum dimulai. Tandai selesai setelah bertemu."


class OfferOver(BookingRefused):
    sentence = "Tawaran ini sudah lewat. Kamu tetap di daftar tunggu, kecuali kamu keluar."


class AlreadyDecided(BookingRefused):
    sentence = "Status janji ini sudah berubah. Di bawah ini keadaannya sekarang."


def book(
    student: User, counsellor: User, starts_at: datetime, topic: str, note: str, key: UUID
) -> Appointment:
    """Asks for a free slot. The same wish under the same key gives the same appointment, whatever
    became of it; another wish is another one.

    Raises SlotGone or SlotTaken.
    """
    key = key_of(key, counsellor.pk, starts_at.isoformat(), topic, note)
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
def confirm(appointment: Appointment, moves: int | None = None) -> None:
    """`moves` is what the page showed: nobody accepts a time they did not see.

    Raises AlreadyBegun or AlreadyDecided.
    """
    if appointment.has_begun:
        raise AlreadyBegun
    if moves not in (None, appointment.moves):
        raise AlreadyDecided
    if _change(appointment, (Status.PENDING,), Status.CONFIRMED):
        send_appointment_answer.enqueue(appointment.pk, Status.CONFIRMED)


@transaction.atomic
def decline(appointment: Appointment, reason: str) -> None:
    """Raises AlreadyDecided."""
    if _change(appointment, (Status.PENDING,), Status.DECLINED, reason):
        send_appointment_answer.enqueue(appointment.pk, Status.DECLINED)


@transaction.atomic
def cancel(appointment: Appointment, reason: str) -> None:
    """The Guru BK calls off what was promised. Raises AlreadyDecided."""
    if _change(appointment, (Status.CONFIRMED,), Status.CANCELLED, reason):
        send_appointment_answer.enqueue(appointment.pk, Status.CANCELLED)


@transaction.atomic
def withdraw(appointment: Appointment) -> None:
    """The student calls it off, in time for another to use the hour.

    Raises TooLate or AlreadyDecided.
    """
    if appointment.is_standing and not appointment.is_cancellable:
        raise TooLate
    if _change(appointment, STANDING, Status.CANCELLED):
        send_appointment_withdrawal.enqueue(appointment.pk)


@transaction.atomic
def complete(appointment: Appointment) -> None:
    """Raises NotYetBegun or AlreadyDecided."""
    if not appointment.has_begun:
        raise NotYetBegun
    _change(appointment, (Status.CONFIRMED,), Status.DONE)


def _change(
    appointment: Appointment, before: tuple[Status, ...], after: Status, reason: str = ""
) -> bool:
    """Of two people who decide in the same instant one changes the row; the other is told. Twice
    by one is once: False the second time."""
    as_seen = Appointment.objects.filter(pk=appointment.pk, moves=appointment.moves)
    decision = {"status": after, "reason": reason}
    changed = as_seen.filter(status__in=before).update(
        **decision, decided_at=timezone.now(), asks_student=False
    )
    if not changed:
        if as_seen.filter(**decision).exists():
            return False
        raise AlreadyDecided
    if after not in STANDING:
        Hold.objects.filter(appointment=appointment).delete()
        offer_what_is_free(appointment.counsellor_id)
    return True


# --- From the waiting list -----------------------------------------------------------------------


@transaction.atomic
def accept_offer(offer: Offer) -> Appointment:
    """Asks for the slot that was kept. Twice is once. Raises OfferOver."""
    keep_place(offer.waiting)
    taken = Offer.objects.open().filter(pk=offer.pk, expires_at__gt=timezone.now())
    if not taken.update(outcome=Offer.Outcome.ACCEPTED):
        asked = Appointment.objects.filter(
            pk__in=Offer.objects.filter(pk=offer.pk).values("appointment")
        )
        if not asked:
            raise OfferOver
        return asked[0]
    waiting = offer.waiting
    appointment = Appointment.objects.create(
        student=waiting.student,
        counsellor=waiting.counsellor,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        topic=waiting.topic,
        key=uuid4(),
    )
    Hold.objects.filter(offer=offer).update(appointment=appointment, offer=None)
    Offer.objects.filter(pk=offer.pk).update(appointment=appointment)
    Waiting.objects.filter(pk=waiting.pk).update(ended_at=timezone.now())
    send_appointment_notification.enqueue(appointment.pk)
    return appointment


# --- Another time --------------------------------------------------------------------------------


def move(appointment: Appointment, starts_at: datetime, reason: str) -> None:
    """The Guru BK promises another slot of theirs; the student says whether it suits.

    Where it is already at that time nothing changes. Raises AlreadyBegun, SlotGone, SlotTaken or
    AlreadyDecided.
    """
    if appointment.has_begun:
        raise AlreadyBegun
    moved_to: Fields = {"status": Status.CONFIRMED, "asks_student": True}
    _move(appointment, starts_at, appointment.counsellor, reason, moved_to)


def ask_to_move(appointment: Appointment, starts_at: datetime) -> None:
    """The student gives the time back and asks for another of the same Guru BK, who answers anew.

    Raises TooLate, SlotGone, SlotTaken or AlreadyDecided.
    """
    if appointment.is_standing and not appointment.is_cancellable:
        raise TooLate
    asked: Fields = {"status": Status.PENDING, "asks_student": False}
    _move(appointment, starts_at, appointment.student, "", asked)


def _move(
    appointment: Appointment, starts_at: datetime, by: User, reason: str, fields: Fields
) -> None:
    if starts_at == appointment.starts_at:
        return
    if not appointment.is_standing:
        raise AlreadyDecided
    try:
        slot = _free_slot(appointment.student, appointment.counsellor, starts_at)
        _take(appointment, slot, by, reason, fields)
    except BookingRefused:
        # Perhaps it was this very form, sent a moment ago, that moved it there.
        if not Appointment.objects.filter(pk=appointment.pk, starts_at=starts_at).exists():
            raise


def _take(appointment: Appointment, slot: Slot, by: User, reason: str, fields: Fields) -> None:
    """Somebody may take the slot at this moment: then the constraints decide who has it."""
    try:
        with transaction.atomic():
            _change_time(appointment, slot, fields)
            _remember_time(appointment, by, reason)
            send_appointment_move.enqueue(appointment.pk)
            offer_what_is_free(appointment.counsellor_id)
    except IntegrityError as conflict:
        raise SlotTaken from conflict


def _change_time(appointment: Appointment, slot: Slot, fields: Fields) -> None:
    """The new quarter hours are taken before the old ones are given back, both or neither."""
    as_seen = Appointment.objects.filter(pk=appointment.pk, moves=appointment.moves)
    times = {"starts_at": slot.starts_at, "ends_at": slot.ends_at, "moves": appointment.moves + 1}
    changed = as_seen.standing().update(decided_at=timezone.now(), **times, **fields)
    if changed != 1:
        raise AlreadyDecided
    old = list(Hold.objects.filter(appointment=appointment).values_list("pk", flat=True))
    Hold.objects.bulk_create(_holds(Appointment.objects.get(pk=appointment.pk)))
    Hold.objects.filter(pk__in=old).delete()


def _remember_time(appointment: Appointment, by: User, reason: str) -> None:
    FormerTime.objects.create(
        appointment=appointment,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        by=by,
        reason=reason,
    )


@transaction.atomic
def accept_move(appointment: Appointment, moves: int) -> None:
    """The student agrees to the time that the page showed. Twice is once. Raises AlreadyDecided."""
    as_seen = Appointment.objects.agreed().filter(pk=appointment.pk, moves=moves)
    if as_seen.filter(asks_student=True).update(asks_student=False):
        send_move_accepted.enqueue(appointment.pk)
    elif not as_seen.exists():
        raise AlreadyDecided
