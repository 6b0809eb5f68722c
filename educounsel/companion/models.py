import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from educounsel.accounts.models import Role, User
from educounsel.companion.rendering import blocks
from educounsel.companion.sealed import SealedTextField, Unopened
from educounsel.schools.models import ClassGroup

# What is hard to say comes in pieces: so far back messages are read together.
REMEMBERED = timedelta(hours=2)
# A job that lives says something far more often than this, or waits for its next try.
SILENT_FOR = timedelta(minutes=3)


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
        # Those that wait first; SQLite and PostgreSQL sort NULL differently.
        ordering = [
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
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "alarm", "step", "whom"],
                condition=models.Q(what="dikabari"),
                name="told_once_a_step",
            ),
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
        "Message", models.SET_NULL, null=True, blank=True, related_name="openings"
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


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, student: User) -> "MessageQuerySet":
        return self.filter(conversation__student=student, conversation__removed_at=None)

    def since(self, period: timedelta) -> "MessageQuerySet":
        return self.filter(created_at__gt=timezone.now() - period)


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
    case = models.ForeignKey(Case, models.SET_NULL, null=True, blank=True, related_name="messages")
    created_at = models.DateTimeField(default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
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

    message = models.OneToOneField(Message, models.CASCADE, related_name="reply")
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
        Conversation, models.SET_NULL, null=True, blank=True, related_name="shares"
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


class Usage(models.Model):
    """What one answer took. Carries no word of it, and outlives it: money was spent."""

    school = models.ForeignKey("schools.School", models.CASCADE, related_name="+")
    # For the day's limit alone; nobody is shown what one student used.
    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    day = models.DateField()  # by the school's clock
    asked = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    rupiah = models.DecimalField(max_digits=16, decimal_places=6)

    class Meta:
        verbose_name_plural = "pemakaian AI"
        indexes = [
            models.Index(fields=["student", "day"]),
            models.Index(fields=["school", "day"]),
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.day}"
