from typing import ClassVar

from educounsel.accounts.models import Role
from educounsel.notifications.notify import Notice


class NewAnnouncement(Notice):
    kind: ClassVar[str] = "announcement"
    label: ClassVar[str] = "Pengumuman sekolah"
    icon: ClassVar[str] = "sound"
    on_locked_screen: ClassVar[str] = "Ada pengumuman sekolah"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.STUDENT, Role.GURU_BK, Role.HEAD})
