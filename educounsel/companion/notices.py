from typing import ClassVar

from educounsel.accounts.models import Role
from educounsel.notifications.notice import Notice


class CaseAlert(Notice):
    """Carries no word of the child, not even the name: phones lie on tables."""

    kind: ClassVar[str] = "case"
    label: ClassVar[str] = "Kasus darurat"
    icon: ClassVar[str] = "life"
    on_locked_screen: ClassVar[str] = "Ada yang perlu Anda lihat sekarang"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.GURU_BK, Role.HEAD})
    is_urgent: ClassVar[bool] = True
    can_be_silenced: ClassVar[bool] = False
    not_by: ClassVar[frozenset[str]] = frozenset({"email"})  # mailing.py: while the case is open


class DataOpened(Notice):
    kind: ClassVar[str] = "opened"
    label: ClassVar[str] = "Siapa membuka dataku"
    icon: ClassVar[str] = "eye"
    on_locked_screen: ClassVar[str] = "Ada kabar tentang datamu"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.STUDENT})


class PasswordSet(Notice):
    """Whoever has the new password could read what the student wrote."""

    kind: ClassVar[str] = "password"
    label: ClassVar[str] = "Kata sandiku dibuat baru"
    icon: ClassVar[str] = "lock"
    on_locked_screen: ClassVar[str] = "Ada perubahan pada akunmu"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.STUDENT})


class ShareReceived(Notice):
    """Neither words nor a name: phones lie on tables."""

    kind: ClassVar[str] = "share"
    label: ClassVar[str] = "Percakapan yang dibagikan"
    icon: ClassVar[str] = "chat"
    on_locked_screen: ClassVar[str] = "Ada yang dibagikan kepada Anda"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.GURU_BK})


class AnswerReady(Notice):
    """No word of the question or the answer."""

    kind: ClassVar[str] = "answer"
    label: ClassVar[str] = "Jawaban Sahabat"
    icon: ClassVar[str] = "chat"
    on_locked_screen: ClassVar[str] = "Ada kabar baru untukmu"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.STUDENT})
    makes_sound: ClassVar[bool] = False


class AccessChanged(Notice):
    """Somebody may read cases who could not, or an admin has set a password that opens them."""

    kind: ClassVar[str] = "access"
    label: ClassVar[str] = "Siapa bisa membuka kasus"
    icon: ClassVar[str] = "lock"
    on_locked_screen: ClassVar[str] = "Ada perubahan akun yang perlu Anda ketahui"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.GURU_BK, Role.HEAD})
