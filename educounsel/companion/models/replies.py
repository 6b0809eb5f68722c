"""What is answered, and how far it has come."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from educounsel.accounts.models import User
from educounsel.companion.rendering import blocks
from educounsel.companion.sealed import SealedTextField

# A job that lives says something far more often than this, or waits for its next try.
SILENT_FOR = timedelta(minutes=3)


class ReplyQuerySet(models.QuerySet["Reply"]):
    def visible_to(self, student: User) -> "ReplyQuerySet":
        return self.filter(message__conversation__student=student)

    def open(self) -> "ReplyQuerySet":
        return self.filter(status__in=(Reply.Status.WAITING, Reply.Status.STREAMING))

    def finished(self) -> "ReplyQuerySet":
        ended = (Reply.Status.DONE, Reply.Status.INTERRUPTED)
        return self.filter(status__in=ended, finished_at__isnull=False)

    def may_be_retried(self) -> "ReplyQuerySet":
        ended = models.Q(status__in=(Reply.Status.INTERRUPTED, Reply.Status.STOPPED))
        silent = models.Q(
            status__in=(Reply.Status.WAITING, Reply.Status.STREAMING),
            touched_at__lt=timezone.now() - SILENT_FOR,
        )
        return self.filter(ended | silent)


class Reply(models.Model):
    """The one answer to a message, and how far it has come."""

    class Status(models.TextChoices):
        WAITING = "menunggu", "Menunggu"
        STREAMING = "ditulis", "Sedang ditulis"
        DONE = "selesai", "Selesai"
        STOPPED = "berhenti", "Dihentikan"
        INTERRUPTED = "terputus", "Terputus"

    class Source(models.TextChoices):
        """Who speaks: the page labels each of them, and never mistakes one for the other."""

        AI = "ai", "Sahabat AI"
        QUOTES = "kutipan", "Kutipan dari materi sekolahmu, bukan AI"
        PEOPLE = "tetap", "Kata-kata tetap, ditulis manusia"

    message = models.OneToOneField("companion.Message", models.CASCADE, related_name="reply")
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    source = models.CharField(max_length=7, choices=Source, default=Source.AI)
    # Markdown as it came; rendered and sanitised for every page that shows it.
    text = SealedTextField(blank=True)
    # Numbered as in the text: [{"number": 1, "materi_id": 12, "title": "…", "page": 2}].
    citations = models.JSONField(default=list, blank=True)
    prompt_version = models.CharField(max_length=20, blank=True)
    # The model suggested a meeting, or the student asked for one.
    suggests_meeting = models.BooleanField(default=False)
    # Counts every change. Who writes does so only at the number it last saw: a run that was
    # overtaken stops there. A page knows by it whether it has missed something.
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)
    # Its first run, from which the time for the whole of it counts.
    begun_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # A page of the student has fetched the whole of it.
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = ReplyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"jawaban {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether words may still come. After a long silence nobody is writing any more."""
        is_open = self.status in (self.Status.WAITING, self.Status.STREAMING)
        return is_open and timezone.now() - self.touched_at < SILENT_FOR

    @property
    def was_stopped(self) -> bool:
        return self.status == self.Status.STOPPED

    @property
    def was_cut_off(self) -> bool:
        return not self.is_open and self.status not in (self.Status.DONE, self.Status.STOPPED)

    @property
    def found_nothing(self) -> bool:
        """No materi of the school stands behind it: a Guru BK may know more."""
        return self.source != self.Source.PEOPLE and not self.citations

    @property
    def offers_meeting(self) -> bool:
        return self.suggests_meeting or self.found_nothing

    @property
    def blocks(self) -> list[SafeString]:
        return list(blocks(self.text, self.links))

    @property
    def cited(self) -> list[dict[str, Any]]:
        """For the list below a finished answer, each with where it leads."""
        known = self.citations if not self.is_open else []
        return [{**citation, "address": _address(citation)} for citation in known]

    @property
    def links(self) -> dict[int, str]:
        return {citation["number"]: _address(citation) for citation in self.citations}


def _address(citation: dict[str, Any]) -> str:
    """Of the very page or section; an answer of long ago may know its page only."""
    materi = reverse("materi:detail", args=[citation["materi_id"]])
    if citation["page"]:
        return f"{materi}?tab=pdf#hal-{citation['page']}"
    return f"{materi}#{citation['anchor']}" if citation.get("anchor") else materi
