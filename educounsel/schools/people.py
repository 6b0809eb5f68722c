"""Who belongs to whom: a student's class and Guru BK, a Guru BK's students."""

from django.db.models import BooleanField, Exists, OuterRef, QuerySet

from educounsel.accounts.models import User, UserQuerySet
from educounsel.schools.models import ClassGroup, Enrolment, School


def class_of(student: User) -> ClassGroup | None:
    """The student's class in the school year that runs now."""
    return ClassGroup.objects.current().filter(enrolments__student=student).first()


def counsellors_of(student: User) -> QuerySet[User]:
    """Every active Guru BK of the school with `is_own`; those of the student's class come first."""
    own = ClassGroup.objects.current().filter(
        enrolments__student=student, counsellors=OuterRef("pk")
    )
    return (
        User.objects.active()
        .counsellors()
        .of_school(student.school_id)
        .select_related("desk")
        .annotate(is_own=Exists(own, output_field=BooleanField()))
        .order_by("-is_own", "name", "pk")
    )


def in_care_of(guru: User) -> QuerySet[User]:
    """The students of this Guru BK's classes, and those whose class nobody has."""
    here = ClassGroup.objects.current().filter(enrolments__student=OuterRef("pk"))
    own, anybody = here.filter(counsellors=guru), here.filter(counsellors__is_active=True)
    students = User.objects.active().students().of_school(guru.school_id)
    return students.filter(Exists(own) | ~Exists(anybody))


def students_in(school: School, class_groups: QuerySet[ClassGroup] | None = None) -> UserQuerySet:
    """The active students of these classes this year; of the whole school when there are none."""
    students = User.objects.active().students().of_school(school.pk)
    if class_groups is None:
        return students.order_by("pk")
    sits_there = Enrolment.objects.filter(
        student=OuterRef("pk"), year__is_current=True, class_group__in=class_groups
    )
    return students.filter(Exists(sits_there)).order_by("pk")
