from typing import ClassVar

from educounsel.accounts.models import Role
from educounsel.notifications.notice import Notice


class NewMateri(Notice):
    kind: ClassVar[str] = "materi"
    label: ClassVar[str] = "Materi baru"
    icon: ClassVar[str] = "book"
    on_locked_screen: ClassVar[str] = "Ada materi baru"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.STUDENT})
    off_by_default: ClassVar[frozenset[str]] = frozenset({"email"})
