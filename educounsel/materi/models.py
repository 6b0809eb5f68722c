from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.schools.models import ClassGroup, Enrolment


class Bidang(models.TextChoices):
    """The four fields of guidance. Source: Permendikbud 111/2014."""

    PRIBADI = "pribadi", "Pribadi"
    SOSIAL = "sosial", "Sosial"
    BELAJAR = "belajar", "Belajar"
    KARIR = "karir", "Karir"


class Status(models.TextChoices):
    DRAFT = "Draf", "Draf"
    ACTIVE = "Aktif", "Aktif"
    ARCHIVED = "Arsip", "Arsip"


class MateriQuerySet(models.QuerySet["Materi"]):
    def active(self) -> "MateriQuerySet":
        return self.filter(status=Status.ACTIVE)

    def readable_by(self, student: User) -> "MateriQuerySet":
        """What is `Aktif` in the student's school, for everybody or for the student's class."""
        targets = Materi.class_groups.through.objects.filter(materi=OuterRef("pk"))
        sits_there = Enrolment.objects.filter(
            student=student,
            year__is_current=True,
            class_group__materi=OuterRef("pk"),
        )
        return (
            self.active()
            .filter(school_id=student.school_id)
            .filter(~Exists(targets) | Exists(sits_there))
        )

    def desk_of(self, guru: User) -> "MateriQuerySet":
        """What a Guru BK may write on: everything of the school's Guru BK."""
        return self.filter(school_id=guru.school_id)

    def newest_first(self) -> "MateriQuerySet":
        return self.order_by("-published_at", "-pk")


class Materi(models.Model):
    """A text of the Guru BK, with or without a PDF."""

    school = models.ForeignKey("schools.School", models.CASCADE, related_name="materi")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="materi")
    title = models.CharField("judul", max_length=255)
    bidang = models.CharField("bidang", max_length=10, choices=Bidang)
    summary = models.CharField("ringkasan", max_length=200)
    # Markdown; rendered and sanitised by reading.py, never marked safe as it is.
    body = models.TextField("isi")
    status = models.CharField("status", max_length=6, choices=Status, default=Status.DRAFT)
    # Nobody named: for the whole school.
    class_groups = models.ManyToManyField(
        ClassGroup, related_name="materi", blank=True, verbose_name="untuk kelas"
    )
    thumbnail = models.FileField("gambar", max_length=200, blank=True)
    pdf = models.FileField("PDF", max_length=200, blank=True)
    pdf_bytes = models.PositiveIntegerField(default=0)
    pdf_pages = models.PositiveIntegerField(default=0)
    reading_minutes = models.PositiveSmallIntegerField(default=1)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MateriQuerySet.as_manager()

    class Meta:
        verbose_name = "materi"
        verbose_name_plural = "materi"
        indexes = [models.Index(fields=["school", "status", "-published_at"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="Aktif") | Q(published_at__isnull=False),
                name="active_materi_is_published",
            ),
        ]

    def __str__(self) -> str:
        return self.title
