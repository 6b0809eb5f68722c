"""Who is told of an announcement. The author knows."""

from django.urls import reverse

from educounsel.accounts.models import Role, User
from educounsel.announcements.models import Announcement, Audience
from educounsel.announcements.notices import NewAnnouncement
from educounsel.notifications.notify import notify, notify_school, take_back
from educounsel.schools.people import students_in

STAFF = (Role.GURU_BK, Role.HEAD)


def tell(announcement: Announcement) -> None:
    notice = NewAnnouncement(
        subject=announcement.subject,
        title="Pengumuman sekolah",
        text=announcement.title,
        url=reverse("announcements:detail", args=[announcement.pk]),
    )
    if announcement.audience == Audience.CLASSES:
        students = students_in(announcement.school, announcement.class_groups.all())
        notify(students.pks_in_pages(), notice)
        return
    if announcement.audience == Audience.EVERYBODY:
        notify_school(announcement.school_id, Role.STUDENT, notice)
    staff = User.objects.active().of_school(announcement.school_id).filter(role__in=STAFF)
    notify(staff.exclude(pk=announcement.author_id).pks_in_pages(), notice)


def forget_if_withdrawn(announcement: Announcement) -> None:
    """Withdrawn while people were being told: what was told after it goes too."""
    if not Announcement.objects.standing().filter(pk=announcement.pk).exists():
        take_back(NewAnnouncement, announcement.subject)
