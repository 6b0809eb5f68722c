"""ANNOUNCEMENTS: written once, published at once, and taken back as a whole."""

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.announcements.models import Announcement, Audience
from educounsel.announcements.notices import NewAnnouncement
from educounsel.announcements.tasks import tell_announcement
from educounsel.notifications.notify import take_back
from educounsel.schools.models import ClassGroup


def publish(
    author: User, title: str, text: str, audience: str, classes: Iterable[ClassGroup], key: UUID
) -> Announcement:
    """The same key again gives the same announcement."""
    try:
        with transaction.atomic():
            made = Announcement.objects.create(
                school_id=author.school_id,
                author=author,
                title=title,
                text=text,
                audience=audience,
                key=key,
            )
            made.class_groups.set(classes if audience == Audience.CLASSES else [])
            tell_announcement.enqueue(made.pk)
    except IntegrityError:
        return Announcement.objects.get(author=author, key=key)
    return made


@transaction.atomic
def withdraw(announcement: Announcement) -> None:
    """It vanishes from every page, and from the notifications of who was told."""
    Announcement.objects.filter(pk=announcement.pk).standing().update(withdrawn_at=timezone.now())
    take_back(NewAnnouncement, announcement.subject)
