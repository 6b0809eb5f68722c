from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.schools.models import ClassGroup, Weekday

# The grid all meetings lie on. A meeting holds every tick of its time for both people.
TICK = timedelta(minutes=15)
# How long before a meeting it can last be asked for, and last be cancelled by the student.
NOTICE = timedelta(hours=2)


def ticks_of(starts_at: datetime, ends_at: datetime) -> Iterator[datetime]:
    """Every quarter hour that this time touches, so that two times that overlap share one."""
    tick = starts_at - (starts_at - datetime.min.replace(tzinfo=UTC)) % TICK
    while tick < ends_at:
        yield tick
        tick += TICK


class AvailabilityQuerySet(models.QuerySet["Availability"]):
    def open_to(self, student: User) -> "AvailabilityQuerySet":
        """The hours of everybody whom this student may meet."""
        counsellors = User.objects.active().counsellors().of_school(student.school_id)
        return self.filter(counsellor__in=counsellors)

    def overlapping(self, weekday: int, starts_at: time, ends_at: time) -> "AvailabilityQuerySet":
        return self.filter(weekday=weekday, starts_at__lt=ends_at, ends_at__gt=starts_at)


class Availability(models.Model):
    """When a Guru BK can be met, week after week, in the school's own time."""

    counsellor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="availability"
    )
    weekday = models.PositiveSmallIntegerField("hari", choices=Weekday)
    starts_at = models.TimeField("mulai")
    ends_at = models.TimeField("selesai")
    slot_minutes = models.PositiveSmallIntegerField(
        "lama",
        default=30,
        choices=[(15, "15 menit"), (30, "30 menit"), (45, "45 menit"), (60, "60 menit")],
    )

    objects = AvailabilityQuerySet.as_manager()

    class Meta:
        verbose_name = "jam konseling"
        verbose_name_plural = "jam konseling"
        ordering = ["weekday", "starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["counsellor", "weekday", "starts_at"], name="availability_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="availability_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(slot_minutes__in=[15, 30, 45, 60]), name="slot_lies_on_the_grid"
            ),
        ]

    def __str__(self) -> str:
        return f"{Weekday(self.weekday).label} {self.starts_at:%H.%M}-{self.ends_at:%H.%M}"


class Status(models.TextChoices):
    PENDING = "Menunggu", "Menunggu"
    CONFIRMED = "Diterima", "Diterima"
    DECLINED = "Ditolak", "Ditolak"
    CANCELLED = "Dibatalkan", "Dibatalkan"
    DONE = "Selesai", "Selesai"


# Those that keep their time.
STANDING = (Status.PENDING, Status.CONFIRMED)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, user: User) -> "AppointmentQuerySet":
        return self.filter(Q(student=user) | Q(counsellor=user))

    def with_class(self) -> "AppointmentQuerySet":
        """With `class_name`, where the student sits this year."""
        sits_in = ClassGroup.objects.current().filter(enrolments__student=OuterRef("student"))
        return self.annotate(class_name=Subquery(sits_in.values("name")[:1]))

    def standing(self) -> "AppointmentQuerySet":
        return self.filter(status__in=STANDING)

    def upcoming(self) -> "AppointmentQuerySet":
        """What is still to come, a meeting that is going on included, soonest first."""
        return self.standing().filter(ends_at__gt=timezone.now()).order_by("starts_at")

    def past(self) -> "AppointmentQuerySet":
        """What is over or was called off, latest first."""
        over = Q(ends_at__lte=timezone.now()) | ~Q(status__in=STANDING)
        return self.filter(over).order_by("-starts_at")

    def waiting(self) -> "AppointmentQuerySet":
        """What can still be answered in time, soonest first."""
        return self.filter(status=Status.PENDING, starts_at__gt=timezone.now()).order_by(
            "starts_at"
        )

    def agreed(self) -> "AppointmentQuerySet":
        return self.filter(status=Status.CONFIRMED).order_by("starts_at")

    def on(self, day: date, zone: ZoneInfo) -> "AppointmentQuerySet":
        begins = datetime.combine(day, time(), zone)
        return self.filter(starts_at__gte=begins, starts_at__lt=begins + timedelta(days=1))


class Appointment(models.Model):
    """A student asks for one meeting with one Guru BK. Only booking.py changes it."""

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="asked_appointments"
    )
    counsellor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="appointments"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    topic = models.CharField("topik", max_length=255)
    note = models.CharField("catatan", max_length=1000, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    reason = models.CharField("alasan", max_length=500, blank=True)
    # How often its time has changed. Who decides does so about the time they saw.
    moves = models.PositiveSmallIntegerField(default=0, db_default=0)
    # The Guru BK has moved it, and the student has not said yes.
    asks_student = models.BooleanField(default=False, db_default=False)
    # Chosen by the form, so that a form sent twice is one appointment.
    key = models.UUIDField()
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "janji"
        verbose_name_plural = "janji"
        constraints = [
            models.UniqueConstraint(fields=["student", "key"], name="appointment_asked_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(fields=["counsellor", "starts_at"]),
            models.Index(fields=["student", "starts_at"]),
        ]

    def __str__(self) -> str:
        return f"janji {self.pk}"

    @property
    def is_standing(self) -> bool:
        return self.status in STANDING

    @property
    def is_pending(self) -> bool:
        return self.status == Status.PENDING

    @property
    def is_confirmed(self) -> bool:
        return self.status == Status.CONFIRMED

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= timezone.now()

    @property
    def has_lapsed(self) -> bool:
        """Nobody answered in time."""
        return self.is_pending and self.has_begun

    @property
    def is_cancellable(self) -> bool:
        """Whether the student may still call it off: a time they did not choose, until it comes."""
        left = self.starts_at - timezone.now()
        return self.is_standing and (left >= NOTICE or (self.asks_student and not self.has_begun))

    @property
    def is_movable(self) -> bool:
        """Whether the Guru BK may still move it."""
        return self.is_standing and not self.has_begun

    @property
    def minutes(self) -> int:
        return (self.ends_at - self.starts_at) // timedelta(minutes=1)


class FormerTime(models.Model):
    """A time that an appointment once had, and who moved it from there."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="former_times")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.appointment} {self.starts_at:%Y-%m-%d %H:%M}"


class Reminder(models.Model):
    """The two people were reminded of this appointment at the time it then had."""

    class What(models.TextChoices):
        DAY = "hari", "Sehari sebelumnya"
        HOUR = "jam", "Satu jam sebelumnya"

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="reminders")
    what = models.CharField(max_length=4, choices=What)
    moves = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "what", "moves"], name="reminded_once_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment} {self.what}"


class WaitingQuerySet(models.QuerySet["Waiting"]):
    def in_line(self) -> "WaitingQuerySet":
        """Who still waits, first come first."""
        return self.filter(ended_at=None).order_by("created_at", "pk")


class Waiting(models.Model):
    """A student waits for a free slot of one Guru BK, on one of these days."""

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="waiting_for"
    )
    counsellor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="waiting_students"
    )
    from_day = models.DateField()
    until_day = models.DateField()
    topic = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now)
    # Left, or has an appointment.
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WaitingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student", "counsellor"],
                condition=Q(ended_at=None),
                name="in_line_once_a_counsellor",
            ),
        ]

    def __str__(self) -> str:
        return f"tunggu {self.pk}"


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, student: User) -> "OfferQuerySet":
        return self.filter(waiting__student=student)

    def open(self) -> "OfferQuerySet":
        """Answered by nobody yet, in time or not."""
        return self.filter(outcome=Offer.Outcome.OPEN)


class Offer(models.Model):
    """A slot kept for who is first in line, for a while. Never the same slot twice."""

    class Outcome(models.TextChoices):
        OPEN = "terbuka", "Ditawarkan"
        ACCEPTED = "diambil", "Diambil"
        REFUSED = "dilepas", "Dilepas"
        LAPSED = "lewat", "Lewat waktu"

    waiting = models.ForeignKey(Waiting, models.CASCADE, related_name="offers")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    outcome = models.CharField(max_length=7, choices=Outcome, default=Outcome.OPEN)
    appointment = models.ForeignKey(
        Appointment, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["waiting", "starts_at"], name="offered_once"),
            models.UniqueConstraint(
                fields=["waiting"], condition=Q(outcome="terbuka"), name="one_offer_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"tawaran {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.outcome == self.Outcome.OPEN and timezone.now() < self.expires_at


class Hold(models.Model):
    """A quarter hour of one person's time, taken by one appointment or kept by one offer.

    This constraint, not a check before it, is why nobody has two appointments at one time:
    whatever their lengths, in both databases, however many ask in the same instant.
    """

    appointment = models.ForeignKey(
        Appointment, models.CASCADE, null=True, blank=True, related_name="holds"
    )
    offer = models.ForeignKey(Offer, models.CASCADE, null=True, blank=True, related_name="holds")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="holds")
    tick = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "tick"], name="one_meeting_at_a_time"),
            models.CheckConstraint(
                condition=Q(appointment=None) ^ Q(offer=None), name="held_by_one_thing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.tick:%Y-%m-%d %H:%M}"
