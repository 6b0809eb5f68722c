"""A student may be in danger: who was told, who holds it, and who read what."""

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from educounsel.accounts.models import Role
from educounsel.companion.sealed import SealedTextField
from educounsel.schools.models import ClassGroup


class CaseQuerySet(models.QuerySet["Case"]):
    def of_school(self, school_id: int) -> "CaseQuerySet":
        return self.filter(school_id=school_id)

    def open(self) -> "CaseQuerySet":
        return self.filter(closed_at=None)

    def waiting(self) -> "CaseQuerySet":
        """Nobody holds them, or who does has not looked since danger was written again."""
        return self.open().filter(models.Q(claimed_by=None) | models.Q(alarmed_at__isnull=False))

    def left_behind(self) -> "CaseQuerySet":
        """Who holds them is a Guru BK here no longer."""
        held = self.open().filter(claimed_by__isnull=False)
        return held.exclude(claimed_by__is_active=True, claimed_by__role=Role.GURU_BK)

    def drills(self) -> "CaseQuerySet":
        return self.filter(is_drill=True)

    def with_class(self) -> "CaseQuerySet":
        """With `class_name`, this year's, for pages that show many."""
        sits_in = ClassGroup.objects.current().filter(enrolments__student=OuterRef("student"))
        return self.annotate(class_name=Subquery(sits_in.values("name")[:1]))


class Step(models.TextChoices):
    """Whose turn it is to be told, one after the other, until somebody claims."""

    HOLDER = "pemegang", "Pemegang kasus"
    DUTY = "piket", "Guru BK piket"
    SECOND = "cadangan", "Guru BK cadangan"
    COORDINATOR = "koordinator", "Koordinator BK"
    HEAD = "kepala", "Kepala sekolah"


class Case(models.Model):
    """A student may be in danger, and a Guru BK has to reach them. Only a human closes it."""

    school = models.ForeignKey("schools.School", models.CASCADE, related_name="cases")
    # Empty in a drill: same path, same clocks, no child.
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="cases"
    )
    is_drill = models.BooleanField(default=False)
    opened_at = models.DateTimeField(default=timezone.now)
    # Who is told next, and when, as long as nobody has claimed. Kept by escalation.py.
    next_step = models.CharField(max_length=11, choices=Step, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claimed_cases",
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    # Danger was written again then, and who holds the case has not looked since.
    alarmed_at = models.DateTimeField(null=True, blank=True)
    # How many times that happened: each time people are told anew.
    alarm = models.PositiveSmallIntegerField(default=0, db_default=0)
    # A colleague who is asked to take over; until they do, who holds it holds it.
    offered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        # No rehearsal stands before a child; then those that wait first. SQLite and PostgreSQL
        # sort NULL differently.
        ordering = [
            "is_drill",
            models.F("alarmed_at").asc(nulls_last=True),
            models.F("claimed_at").asc(nulls_first=True),
            "-opened_at",
            "-pk",
        ]
        indexes = [models.Index(fields=["school", "closed_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(student=None, is_drill=True)
                | models.Q(student__isnull=False, is_drill=False),
                name="a_drill_has_no_student",
            ),
        ]

    def __str__(self) -> str:
        return f"kasus {self.pk}"

    @property
    def who(self) -> str:
        return str(self.student or "Latihan tanpa siswa")


class CaseEntry(models.Model):
    """Who did what in a case, and when. Written once, never changed."""

    class What(models.TextChoices):
        OPENED = "dibuka", "Kasus dibuka"
        JOINED = "pesan", "Pesan lain yang menandakan bahaya"
        TOLD = "dikabari", "Diberi tahu"
        READ = "dibaca", "Membuka kasus"
        READ_MORE = "semua", "Membuka seluruh percakapan"
        CLAIMED = "diambil", "Mengambil kasus"
        CONTACT = "kontak", "Mencatat kontak dengan siswa"
        OFFERED = "tawaran", "Meminta diambil alih oleh"
        RELEASED = "dilepas", "Melepas kasus dari yang tidak bertugas lagi,"
        CLOSED = "ditutup", "Menutup kasus"

    case = models.ForeignKey(Case, models.CASCADE, related_name="entries")
    what = models.CharField(max_length=8, choices=What)
    # Empty where EduCounsel did it.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Who was told, or asked.
    whom = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    step = models.CharField(max_length=11, choices=Step, blank=True)
    alarm = models.PositiveSmallIntegerField(default=0, db_default=0)
    note = SealedTextField(blank=True)
    # Chosen by the page of the form, so that a form sent twice is carried out once.
    key = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "alarm", "step", "whom"],
                condition=models.Q(what="dikabari"),
                name="told_once_a_step",
            ),
            models.UniqueConstraint(fields=["case", "key"], name="carried_out_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.what}"


class ConcernOpening(models.Model):
    """A Guru BK read a message that asks for attention, and said why. The student reads this."""

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="concern_openings"
    )
    # Empty once the student has deleted it; that it was read stays known.
    message = models.ForeignKey(
        "companion.Message", models.SET_NULL, null=True, blank=True, related_name="openings"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = SealedTextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["message", "by"], name="concern_opened_once_each"),
        ]

    def __str__(self) -> str:
        return f"pembukaan {self.pk}"
