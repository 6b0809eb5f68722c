"""What a student says: conversations and their messages."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import OuterRef
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.companion.models.shares import Share
from educounsel.companion.sealed import SealedTextField

# What is hard to say comes in pieces: so far back messages are read together.
REMEMBERED = timedelta(hours=2)


class Level(models.TextChoices):
    """How much a message asks for a human: soon (concern) or now (crisis)."""

    NONE = "none", "Tidak ada"
    CONCERN = "concern", "Perlu perhatian"
    CRISIS = "crisis", "Bahaya"


CATEGORIES = {
    "suicide": "Keinginan mati",
    "self_harm": "Menyakiti diri",
    "abuse": "Kekerasan",
    "sexual_abuse": "Kekerasan seksual",
    "violence": "Ancaman kekerasan",
    "substance": "Zat berbahaya",
    "bullying": "Perundungan",
    "eating": "Pola makan",
    "distress": "Tertekan",
}


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, student: User) -> "ConversationQuerySet":
        return self.filter(student=student, removed_at=None)

    def with_shares(self) -> "ConversationQuerySet":
        """With `is_shared`: whether a Guru BK can still read something of it."""
        there = Share.objects.filter(conversation=OuterRef("pk"), withdrawn_at=None)
        return self.annotate(is_shared=models.Exists(there))


class Conversation(models.Model):
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations"
    )
    title = SealedTextField(blank=True)
    # Gone by itself a few hours after its last word.
    is_temporary = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    # Removed by the student: nothing is left of it but the messages of an open case.
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]

    def __str__(self) -> str:
        return f"percakapan {self.pk}"


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, student: User) -> "MessageQuerySet":
        return self.filter(conversation__student=student, conversation__removed_at=None)

    def since(self, period: timedelta) -> "MessageQuerySet":
        return self.filter(created_at__gt=timezone.now() - period)

    def of_an_open_case(self) -> "MessageQuerySet":
        return self.filter(case__isnull=False, case__closed_at=None)

    def not_of_an_open_case(self) -> "MessageQuerySet":
        return self.exclude(case__isnull=False, case__closed_at=None)


class Message(models.Model):
    """What the student wrote, with its screening. Saved in one transaction before all else."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    text = SealedTextField()
    # Chosen by the browser, so that a form sent twice is one message.
    key = models.UUIDField()
    level = models.CharField(max_length=7, choices=Level, default=Level.NONE)
    category = models.CharField(max_length=20, default="none")
    # Whose danger it is, as far as the words say.
    danger_to = models.CharField(max_length=5, blank=True)
    rule = models.CharField(max_length=60, blank=True)
    detector_version = models.CharField(max_length=20)
    # The case that this message opened or joined.
    case = models.ForeignKey(
        "companion.Case", models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["created_at"])]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "key"], name="message_sent_once"),
        ]

    def __str__(self) -> str:
        return f"pesan {self.pk}"

    @property
    def category_words(self) -> str:
        return CATEGORIES.get(self.category, self.category)

    @property
    def is_crisis(self) -> bool:
        return self.level == Level.CRISIS


class AskingQuerySet(models.QuerySet["Asking"]):
    def since(self, period: timedelta) -> "AskingQuerySet":
        return self.filter(at__gt=timezone.now() - period)

    def over(self) -> "AskingQuerySet":
        return self.filter(at__lte=timezone.now() - REMEMBERED)


class Asking(models.Model):
    """That a student wrote, when, and how it was judged: not a word, and for two hours only.

    A conversation that its student deletes is really gone, and no word of it is kept for the
    screening either. But deleting must neither empty the minute that is full nor make a crisis of
    a moment ago unsaid: for the limits the times are enough, and for "after a crisis" the level.
    What is given up: a sentence of danger in pieces is no longer read as one when its first pieces
    are deleted in between. A crisis that was found is not lost by it: its case stands.
    """

    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="askings")
    level = models.CharField(max_length=7, choices=Level)
    at = models.DateTimeField(default=timezone.now)

    objects = AskingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["student", "at"])]

    def __str__(self) -> str:
        return f"tulisan {self.pk}"


class RefusedQuerySet(models.QuerySet["Refused"]):
    def of(self, student: User) -> "RefusedQuerySet":
        return self.filter(conversation__student=student)

    def since(self, period: timedelta) -> "RefusedQuerySet":
        return self.filter(created_at__gt=timezone.now() - period)

    def over(self) -> "RefusedQuerySet":
        return self.filter(created_at__lte=timezone.now() - REMEMBERED)


class Refused(models.Model):
    """What a limit refused: the screening alone reads it, for two hours, as pieces of what follows.

    Of a student the last few, and none of a conversation that was deleted.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="refused")
    text = SealedTextField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = RefusedQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"tulisan yang ditolak {self.pk}"
