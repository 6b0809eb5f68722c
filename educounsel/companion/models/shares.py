"""What a student hands to a Guru BK."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.safestring import SafeString

from educounsel.accounts.models import User
from educounsel.companion.rendering import blocks
from educounsel.companion.sealed import SealedTextField, Unopened
from educounsel.schools.models import ClassGroup


@dataclass(frozen=True)
class SharedPart:
    """One message or answer, as much of it as the student let stand."""

    speaker: str
    is_student: bool
    at: datetime
    text: str

    @property
    def blocks(self) -> list[SafeString]:
        return list(blocks(self.text, {}))


class ShareQuerySet(models.QuerySet["Share"]):
    def sent_to(self, guru: User) -> "ShareQuerySet":
        """While both are at one school: who has left it reads nothing any more."""
        return self.filter(guru=guru, student__school_id=guru.school_id)

    def not_withdrawn(self) -> "ShareQuerySet":
        return self.filter(withdrawn_at=None)

    def with_class(self) -> "ShareQuerySet":
        """With `class_name`, this year's."""
        sits_in = ClassGroup.objects.current().filter(enrolments__student=OuterRef("student"))
        return self.annotate(class_name=Subquery(sits_in.values("name")[:1]))

    def withdraw(self) -> None:
        """Their words are gone; that they were there, and whether they were read, stays."""
        self.not_withdrawn().update(withdrawn_at=timezone.now(), content="", note="")


class Share(models.Model):
    """What a student handed to a Guru BK. A copy: nothing that happens to the talk changes it."""

    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shares")
    guru = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Empty once the student has deleted the conversation; the share is theirs to keep or withdraw.
    conversation = models.ForeignKey(
        "companion.Conversation", models.SET_NULL, null=True, blank=True, related_name="shares"
    )
    # JSON, as sharing.py writes it; nothing is left of it after a withdrawal, nor of the note.
    content = SealedTextField(blank=True)
    note = SealedTextField(blank=True)
    # Chosen by the page that showed it, so that a form sent twice shares once.
    key = models.UUIDField()
    sent_at = models.DateTimeField(default=timezone.now)
    # The first time.
    opened_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["student", "key"], name="shared_once"),
        ]

    def __str__(self) -> str:
        return f"pesan yang dibagikan {self.pk}"

    @property
    def parts(self) -> list[SharedPart]:
        if isinstance(self.content, Unopened):
            return [SharedPart("", is_student=True, at=self.sent_at, text=self.content)]
        return [
            SharedPart(**row | {"at": datetime.fromisoformat(row["at"])})
            for row in json.loads(self.content or "[]")
        ]

    @property
    def is_within_reach(self) -> bool:
        """Whether the Guru BK could open it, as far as who works where decides."""
        here = self.guru.is_active and self.guru.is_guru_bk
        return here and self.guru.school_id == self.student.school_id
