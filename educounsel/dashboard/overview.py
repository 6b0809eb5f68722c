"""What a person sees first. Each part is one query, however much there is."""

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.appointments.models import Appointment
from educounsel.companion.models import Case
from educounsel.materi.models import Materi, Status
from educounsel.notifications.models import Notification
from educounsel.schools.models import ClassGroup
from educounsel.schools.people import class_of

MATERI, APPOINTMENTS, NOTIFICATIONS, DESK_ROWS = 3, 4, 5, 5


@dataclass(frozen=True)
class StudentOverview:
    class_group: ClassGroup | None
    appointments: list[Appointment]
    materi: list[Materi]
    unread: list[Notification]


def student_overview(student: User) -> StudentOverview:
    coming = Appointment.objects.visible_to(student).upcoming()
    return StudentOverview(
        class_group=class_of(student),
        appointments=list(coming.select_related("counsellor__desk")[:APPOINTMENTS]),
        materi=list(Materi.objects.readable_by(student).newest_first()[:MATERI]),
        unread=list(Notification.objects.visible_to(student).unread()[:NOTIFICATIONS]),
    )


@dataclass(frozen=True)
class GuruOverview:
    cases: list[Case]
    today: list[Appointment]
    waiting: list[Appointment]
    drafts: list[Materi]


def guru_overview(guru: User) -> GuruOverview:
    own = Appointment.objects.visible_to(guru).select_related("student").with_class()
    zone = guru.school.zone
    return GuruOverview(
        cases=list(_waiting_cases(guru)),
        today=list(own.agreed().on(timezone.localdate(timezone=zone), zone)),
        waiting=list(own.waiting()[:DESK_ROWS]),
        drafts=list(
            Materi.objects.desk_of(guru).filter(author=guru, status=Status.DRAFT)[:DESK_ROWS]
        ),
    )


def _waiting_cases(guru: User) -> QuerySet[Case]:
    """With `class_name`: enough to know how near it is, and no name on a screen that others see."""
    sits_in = ClassGroup.objects.current().filter(enrolments__student=OuterRef("student"))
    waiting = Case.objects.waiting().of_school(guru.school_id).select_related("claimed_by")
    return waiting.annotate(class_name=Subquery(sits_in.values("name")[:1]))
