from django.conf import settings
from django.db import models
from django.utils import timezone

from educounsel.accounts.models import User


class Level(models.TextChoices):
    """How much a message asks for a human: soon (concern) or now (crisis)."""

    NONE = "none", "Tidak ada"
    CONCERN = "concern", "Perlu perhatian"
    CRISIS = "crisis", "Bahaya"


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, student: User) -> "ConversationQuerySet":
        return self.filter(student=student)


class Conversation(models.Model):
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations"
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]

    def __str__(self) -> str:
        return f"percakapan {self.pk}"


class Message(models.Model):
    """What the student wrote, with its screening. Saved in one transaction before all else."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    text = models.TextField()
    # Chosen by the browser, so that a form sent twice is one message.
    key = models.UUIDField()
    level = models.CharField(max_length=7, choices=Level, default=Level.NONE)
    category = models.CharField(max_length=20, default="none")
    rule = models.CharField(max_length=60, blank=True)
    detector_version = models.CharField(max_length=20)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "key"], name="message_sent_once"),
        ]

    def __str__(self) -> str:
        return f"pesan {self.pk}"

    @property
    def is_crisis(self) -> bool:
        return self.level == Level.CRISIS


class Reply(models.Model):
    """The one answer to a message, and how far it has come."""

    class Status(models.TextChoices):
        WAITING = "menunggu", "Menunggu"
        STREAMING = "ditulis", "Sedang ditulis"
        DONE = "selesai", "Selesai"
        INTERRUPTED = "terputus", "Terputus"

    class Source(models.TextChoices):
        """Who speaks: the page labels each of them, and never mistakes one for the other."""

        AI = "ai", "Sahabat AI"
        QUOTES = "kutipan", "Kutipan materi"
        PEOPLE = "tetap", "Kata-kata tetap, ditulis manusia"

    message = models.OneToOneField(Message, models.CASCADE, related_name="reply")
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    source = models.CharField(max_length=7, choices=Source, default=Source.AI)
    # Markdown as it came; rendered and sanitised for every page that shows it.
    text = models.TextField(blank=True)
    # Which run of the job writes; a run that was overtaken finds another number here and stops.
    attempt = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"jawaban {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.WAITING, self.Status.STREAMING)


class CaseQuerySet(models.QuerySet["Case"]):
    def of_school(self, school_id: int) -> "CaseQuerySet":
        return self.filter(school_id=school_id)

    def open(self) -> "CaseQuerySet":
        return self.filter(closed_at=None)


class Case(models.Model):
    """A student may be in danger, and a Guru BK has to reach them. Only a human closes it."""

    school = models.ForeignKey("schools.School", models.CASCADE, related_name="cases")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="cases")
    # The message that opened it; later ones within a day join.
    message = models.ForeignKey(Message, models.PROTECT, related_name="cases")
    opened_at = models.DateTimeField(default=timezone.now)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claimed_cases",
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_note = models.CharField(max_length=500, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["claimed_at", "-opened_at"]
        indexes = [models.Index(fields=["school", "closed_at"])]

    def __str__(self) -> str:
        return f"kasus {self.pk}"
