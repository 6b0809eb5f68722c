from django.conf import settings
from django.db import models
from django.utils import timezone

from educounsel.accounts.models import Role, User
from educounsel.schools.models import ClassGroup

# Who may write one.
WRITERS = (Role.ADMIN, Role.GURU_BK)


class Audience(models.TextChoices):
    EVERYBODY = "semua", "Seluruh sekolah, siswa dan staf"
    CLASSES = "kelas", "Siswa kelas tertentu"
    STAFF = "staf", "Guru BK dan kepala sekolah"


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def standing(self) -> "AnnouncementQuerySet":
        return self.filter(withdrawn_at=None)

    def visible_to(self, user: User) -> "AnnouncementQuerySet":
        """Of one's own school; a student sees what is for all, and for the class of this year."""
        here = self.standing().filter(school_id=user.school_id)
        if not user.is_student:
            return here
        mine = ClassGroup.objects.current().filter(enrolments__student=user)
        of_class = here.filter(audience=Audience.CLASSES, class_groups__in=mine).values("pk")
        return here.filter(models.Q(audience=Audience.EVERYBODY) | models.Q(pk__in=of_class))

    def written_by(self, user: User) -> "AnnouncementQuerySet":
        """What this person may withdraw, or has: an admin anybody's, a Guru BK the own."""
        here = self.filter(school_id=user.school_id)
        return here if user.role == Role.ADMIN else here.filter(author=user)


class Announcement(models.Model):
    """A few words of the school to many. Published when written, and never changed: withdrawn."""

    school = models.ForeignKey("schools.School", models.CASCADE, related_name="announcements")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="announcements"
    )
    title = models.CharField("judul", max_length=120)
    text = models.TextField("isi", max_length=2000)
    audience = models.CharField("untuk", max_length=5, choices=Audience)
    class_groups = models.ManyToManyField(ClassGroup, related_name="announcements", blank=True)
    # Chosen by the form, so that a form sent twice is one announcement.
    key = models.UUIDField()
    published_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = "pengumuman"
        verbose_name_plural = "pengumuman"
        ordering = ["-published_at", "-pk"]
        indexes = [models.Index(fields=["school", "-published_at"])]
        constraints = [
            models.UniqueConstraint(fields=["author", "key"], name="announced_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> str:
        """What the notifications of it are about."""
        return f"announcement:{self.pk}"
