"""Who is told that there is something new to read."""

from django.urls import reverse

from educounsel.materi.models import Materi
from educounsel.materi.notices import NewMateri
from educounsel.notifications.notify import notify
from educounsel.schools.people import students_in


def announce(materi: Materi) -> int:
    """Tells every student it is meant for who was not told before."""
    classes = materi.class_groups.all()
    readers = students_in(materi.school, classes if classes else None)
    notice = NewMateri(
        subject=f"materi:{materi.pk}",
        title="Materi baru",
        text=materi.title,
        url=reverse("materi:detail", args=[materi.pk]),
    )
    return notify(readers.values_list("pk", flat=True), notice)
