from collections.abc import Sequence

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.schools.models import ClassGroup, Enrolment


class Bidang(models.TextChoices):
    """The four fields of guidance. Source: Permendikbud 111/2014."""

    PRIBADI = "pribadi", "Pribadi"
    SOSIAL = "sosial", "Sosial"
    BELAJAR = "belajar", "Belajar"
    KARIR = "karir", "Karir"

    @property
    def icon(self) -> str:
        return {"pribadi": "leaf", "sosial": "two-people", "belajar": "study", "karir": "path"}[
            self
        ]


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

    def visible_to(self, user: User) -> "MateriQuerySet":
        if user.is_student:
            return self.readable_by(user)
        return self.desk_of(user) if user.is_guru_bk else self.none()

    def newest_first(self) -> "MateriQuerySet":
        return self.order_by("-published_at", "-pk")

    def in_order(self, ids: Sequence[int]) -> "MateriQuerySet":
        """These, as they are listed."""
        place = Case(*(When(pk=pk, then=Value(i)) for i, pk in enumerate(ids)), default=Value(0))
        return self.filter(pk__in=ids).order_by(place)


class Materi(models.Model):
    """A text of the Guru BK, with or without a PDF."""

    school = models.ForeignKey("schools.School", models.CASCADE, related_name="materi")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="materi")
    title = models.CharField("judul", max_length=255)
    bidang = models.CharField("bidang", max_length=10, choices=Bidang)
    summary = models.CharField("ringkasan", max_length=200)
    # Markdown; rendered and sanitised by reading.py, never marked safe as it is.
    body = models.TextField("isi", max_length=60_000)
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
    # Chosen by the form, so that a form sent twice is one materi; those of before have none.
    key = models.UUIDField(null=True, editable=False)

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
            models.UniqueConstraint(fields=["author", "key"], name="one_materi_a_form"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def icon(self) -> str:
        """What stands where a thumbnail is missing."""
        return Bidang(self.bidang).icon


class MateriPassage(models.Model):
    """A stretch that can be found and quoted; publishing.py keeps it true to the text."""

    materi = models.ForeignKey(Materi, models.CASCADE, related_name="passages")
    # The page of the PDF; 0 is the text itself.
    page = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=255, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ["materi", "page", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["materi", "page", "position"], name="one_passage_a_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.materi_id} · {self.page}.{self.position}"


class PassageVector(models.Model):
    """What a passage is about, by a model of OPENAI_EMBEDDINGS; embeddings.py writes it."""

    passage = models.OneToOneField(
        MateriPassage, models.CASCADE, related_name="vector", primary_key=True
    )
    model = models.CharField(max_length=100)
    # 4-byte floats, of length one together.
    numbers = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.passage_id} · {self.model}"
