from django.conf import settings
from django.db import models
from django.db.models import Count, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from educounsel.accounts.models import User


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> "NotificationQuerySet":
        return self.filter(recipient=user)

    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at=None)

    def since(self, last_seen: int) -> "NotificationQuerySet":
        """What was seen last and what came after it, in the order it came."""
        return self.filter(pk__gte=last_seen).order_by("pk")

    def with_bell(self) -> "NotificationQuerySet":
        """One person's rows, each with the numbers of their bell as of the same moment."""
        unread = self.unread().order_by().values("recipient").annotate(count=Count("pk"))
        latest = self.order_by("-pk").values("pk")[:1]
        return self.annotate(
            unread_count=Coalesce(Subquery(unread.values("count")), 0), latest_id=Subquery(latest)
        )

    def mark_read(self) -> int:
        return self.unread().update(read_at=timezone.now())


class Notification(models.Model):
    """One thing one person should know. The row is the truth; the socket only hints at it."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(max_length=30)
    # What it is about, so that telling it twice makes one row: "materi:12".
    subject = models.CharField(max_length=80)
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=200)
    icon = models.CharField(max_length=20)
    is_urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "subject"], name="told_once_a_subject"
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"]),
            models.Index(
                fields=["recipient"],
                condition=models.Q(read_at=None),
                name="unread_of_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
