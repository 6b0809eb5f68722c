"""Who is told that there is something new to read."""

from django.urls import reverse

from educounsel.accounts.models import Role
from educounsel.materi.models import Materi
from educounsel.materi.notices import NewMateri
from educounsel.notifications.notify import notify, notify_school
from educounsel.schools.people import students_in


def announce(materi: Materi) -> int:
    """Tells every student it is meant for who was not told before."""
    notice = NewMateri(
        subject=f"materi:{materi.pk}",
        title="Materi baru",
        text=materi.title,
        url=reverse("materi:detail", args=[materi.pk]),
    )
    classes = materi.class_groups.all()
    if not classes:
        return notify_school(materi.school_id, Role.STUDENT, notice)
    return notify(students_in(materi.school, classes).pks_in_pages(), notice)
