"""The people of every test. We follow Sari; the others are those who might see too much."""

from dataclasses import dataclass

from educounsel.accounts.models import User
from educounsel.schools.models import ClassGroup, School, TimeZone
from tests.factories import make_admin, make_class, make_guru, make_head, make_school, make_student


@dataclass(frozen=True)
class Cast:
    school: School
    sari_class: ClassGroup
    sari: User  # a student of XI IPA 2
    rina: User  # Bu Rina, the Guru BK of Sari's class
    budi: User  # Pak Budi, another Guru BK of the school
    dodi_class: ClassGroup
    dodi: User  # a student of another class
    admin: User
    head: User  # Pak Hadi, the head of the school
    other_school: School  # an hour east of the first
    tono: User  # Pak Tono, a Guru BK of the other school
    tia: User  # a student of the other school
    other_admin: User


def make_cast() -> Cast:
    school, other = make_school(), make_school("SMK Bahari", TimeZone.WITA)
    sari_class, dodi_class = make_class(school), make_class(school, "X-1", 10)
    tia_class = make_class(other, "XI TKJ", 11)
    return Cast(
        school=school,
        sari_class=sari_class,
        sari=make_student(sari_class, "Sari Amelia", nisn="0071234501", nis="2301"),
        rina=make_guru(school, "Bu Rina Nuraini", sari_class, email="rina@cendekia.example"),
        budi=make_guru(school, "Pak Budi Santoso", dodi_class, email="budi@cendekia.example"),
        dodi_class=dodi_class,
        dodi=make_student(dodi_class, "Dodi Pratama", nisn="0071234502", nis="2302"),
        admin=make_admin(school, email="admin@cendekia.example"),
        head=make_head(school, email="kepala@cendekia.example"),
        other_school=other,
        tono=make_guru(other, "Pak Tono", tia_class, email="tono@bahari.example"),
        # The same NIS as Sari's: it is unique in its own school only.
        tia=make_student(tia_class, "Tia Rahayu", nisn="0071234503", nis="2301"),
        other_admin=make_admin(other, email="admin@bahari.example"),
    )
