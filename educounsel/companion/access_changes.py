"""Whoever may read cases learns who else may, and when an admin has set a password that opens them.

The person concerned is told, but whoever has the new password could read that away: so the
colleagues and the head of school are told as well. A student is told of a password of their own;
it stands with whoever read their words too, where nobody can read it away (disclosure.py).
"""

from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.urls import reverse

from educounsel.accounts.models import AccountChange, Role, User
from educounsel.companion.notices import AccessChanged, PasswordSet
from educounsel.notifications.notify import notify

What = AccountChange.What

TITLES = {
    What.BECAME: "{person} sekarang bisa membuka kasus",
    What.LEFT: "{person} tidak bisa membuka kasus lagi",
    What.PASSWORD: "Kata sandi {person} dibuat baru oleh admin",
}
TEXT = "Dilakukan oleh {by}. Kalau tidak ada yang memintanya, beri tahu kepala sekolah."


@receiver(post_save, sender=AccountChange)
def tell_whom_it_concerns(instance: AccountChange, created: bool, **kwargs: Any) -> None:
    if created and instance.what == What.OF_STUDENT:
        _tell_student(instance)
    elif created:
        _tell_who_guards_cases(instance)


def _tell_student(instance: AccountChange) -> None:
    notice = PasswordSet(
        subject=f"password:{instance.pk}",
        title="Kata sandimu dibuat baru oleh admin sekolah",
        text="Kalau bukan kamu yang memintanya, bilang ke Guru BK atau orang yang kamu percaya.",
        url=reverse("companion:openings"),
    )
    notify([instance.person_id], notice)


def _tell_who_guards_cases(instance: AccountChange) -> None:
    notice = AccessChanged(
        subject=f"access:{instance.pk}",
        title=TITLES[What(instance.what)].format(person=instance.person),
        text=TEXT.format(by=instance.by),
        url=reverse("companion:access"),
    )
    notify(_guards(instance.person.school_id).values_list("pk", flat=True), notice)


def _guards(school_id: int) -> QuerySet[User]:
    here = User.objects.active().of_school(school_id)
    return here.filter(Q(role=Role.GURU_BK) | Q(role=Role.HEAD))


def changes_in(school_id: int) -> QuerySet[AccountChange]:
    """Of accounts that open cases."""
    changes = AccountChange.objects.filter(person__school_id=school_id)
    changes = changes.exclude(what=What.OF_STUDENT)
    return changes.select_related("person", "by")
