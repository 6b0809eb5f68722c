"""Makers of rows. Each gives the smallest believable thing; say what matters, leave the rest."""

from datetime import date
from itertools import count
from typing import Any

from django.utils import timezone

from educounsel.accounts.models import Role, User
from educounsel.materi.models import Bidang, Materi, Status
from educounsel.schools.crisis_plan import lay_plan
from educounsel.schools.models import (
    ClassGroup,
    CounsellorDesk,
    Enrolment,
    HelpContact,
    School,
    SchoolYear,
    TimeZone,
)

PASSWORD = "langit-biru-42"
_number = count(1)


def make_school(name: str = "SMA Cendekia", zone: TimeZone = TimeZone.WIB) -> School:
    school = School.objects.create(name=name, slug=f"sekolah-{next(_number)}", timezone=zone)
    SchoolYear.objects.create(
        school=school,
        name="2026/2027",
        starts_on=date(2026, 7, 13),
        ends_on=date(2027, 6, 26),
        is_current=True,
    )
    HelpContact.objects.create(
        school=school, name="Healing119", number="119 ext 8", dial="119", source="Kemenkes",
        checked_on=date(2026, 11, 1), is_shown=True,
    )  # fmt: skip
    lay_plan(school)
    return school


def make_class(school: School, name: str = "XI IPA 2", grade: int = 11) -> ClassGroup:
    return ClassGroup.objects.create(year=school.years.get(), name=name, grade=grade)


def make_student(class_group: ClassGroup, name: str = "Siswa Contoh", **fields: Any) -> User:
    number = next(_number)
    student = User.objects.create_user(
        PASSWORD,
        school=class_group.year.school,
        role=Role.STUDENT,
        name=name,
        **{"nisn": f"{number:010}", "nis": f"S{number}"} | fields,
    )
    Enrolment.objects.create(student=student, year=class_group.year, class_group=class_group)
    return student


def make_guru(school: School, name: str = "Bu Guru", *classes: ClassGroup, **fields: Any) -> User:
    guru = User.objects.create_user(
        PASSWORD,
        school=school,
        role=Role.GURU_BK,
        name=name,
        **{"email": f"guru{next(_number)}@sekolah.example"} | fields,
    )
    CounsellorDesk.objects.create(counsellor=guru, room="Ruang BK", phone="0812-0000-0001")
    for class_group in classes:
        class_group.counsellors.add(guru)
    return guru


def make_admin(school: School, **fields: Any) -> User:
    return User.objects.create_user(
        PASSWORD,
        school=school,
        role=Role.ADMIN,
        **{"name": "Admin", "email": f"admin{next(_number)}@sekolah.example"} | fields,
    )


def make_head(school: School, **fields: Any) -> User:
    return User.objects.create_user(
        PASSWORD,
        school=school,
        role=Role.HEAD,
        **{"name": "Pak Hadi", "email": f"kepala{next(_number)}@sekolah.example"} | fields,
    )


def make_materi(author: User, title: str = "Saat teman menjauh", **fields: Any) -> Materi:
    return Materi.objects.create(
        school=author.school,
        author=author,
        title=title,
        **{
            "bidang": Bidang.SOSIAL,
            "summary": "Apa yang bisa kamu lakukan.",
            "body": "Kadang teman menjauh tanpa sebab yang jelas.",
            "status": Status.ACTIVE,
            "published_at": timezone.now(),
        }
        | fields,
    )
