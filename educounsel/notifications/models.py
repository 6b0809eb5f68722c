from datetime import time

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

    def unread_first(self) -> "NotificationQuerySet":
        is_read = models.ExpressionWrapper(models.Q(read_at__isnull=False), models.BooleanField())
        return self.order_by(is_read.asc(), "-pk")

    def kinds(self) -> list[str]:
        return list(self.order_by("kind").values_list("kind", flat=True).distinct())

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


class Channel(models.TextChoices):
    """The ways to a person. The sound is the open page's own; the others are in channels/."""

    SOUND = "sound", "Suara"
    PUSH = "push", "Ponsel"
    EMAIL = "email", "E-mail"
    WHATSAPP = "whatsapp", "WA"


# Functions, for a check of Django's takes a fixed time near the present one for a mistake.
def evening() -> time:
    return time(21)


def morning() -> time:
    return time(5)


class Preference(models.Model):
    """How one person wants to be told. Without a row: as the defaults here."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="preference"
    )
    is_muted = models.BooleanField(default=False)
    has_quiet_hours = models.BooleanField(default=True)
    quiet_from = models.TimeField(default=evening)
    quiet_until = models.TimeField(default=morning)

    def __str__(self) -> str:
        return f"preference of {self.person_id}"


class ChannelChoice(models.Model):
    """Where a person departs from what is usual for a kind on a channel."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="channel_choices"
    )
    kind = models.CharField(max_length=30)
    channel = models.CharField(max_length=10, choices=Channel)
    is_on = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "channel"], name="chosen_once_a_kind_and_channel"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}: {self.is_on}"


class PushSubscription(models.Model):
    """A browser that one session of a person may wake up.

    `session` is a fingerprint, gone with the logout; `standing` changes with the password and the
    role, and a subscription that no longer agrees with its person is dropped, never used.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="push_subscriptions"
    )
    session = models.CharField(max_length=64, db_index=True)
    standing = models.CharField(max_length=64)
    endpoint = models.CharField(max_length=600, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    renewed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"push subscription {self.pk}"


class WhatsAppConsent(models.Model):
    """Who agreed to be written to, when, under which number, and when they took it back."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="whatsapp_consents"
    )
    number = models.CharField(max_length=15)  # 62812…, digits alone
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(withdrawn_at=None),
                name="one_whatsapp_number_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"WhatsApp consent {self.pk}"


class Delivery(models.Model):
    """One notification on its way to one address of a channel: sent once, whatever runs twice.

    `address` is the primary key of what the channel writes to: a subscription, a consent, a person.
    """

    class State(models.TextChoices):
        HELD = "held"  # until due_at: quiet hours, or too many at once
        QUEUED = "queued"
        SENT = "sent"
        FOLDED = "folded"  # into the digest that another one became
        DROPPED = "dropped"

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    address = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True)
    is_overnight = models.BooleanField(default=False)
    stands_for = models.PositiveIntegerField(default=1)  # more than one: a digest
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "channel", "address"], name="delivered_once_an_address"
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "channel", "created_at"]),
            models.Index(
                fields=["due_at"], condition=models.Q(state="held"), name="held_deliveries"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} of {self.notification_id}: {self.state}"
