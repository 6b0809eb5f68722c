"""What is told: one class a kind, beside the feature that sends it."""

from dataclasses import dataclass
from typing import Any, ClassVar

from educounsel.accounts.models import Role
from educounsel.notifications.models import Notification


@dataclass(frozen=True)
class Notice:
    """What is told. A feature has one subclass a kind, in its notices.py.

    `subject` names the thing it is about: the same kind and subject reach a person once.
    `title`, `text` and `url` are for the person's own page. Every other channel carries
    `on_locked_screen` alone: never a topic, a name or a word of anybody.
    """

    kind: ClassVar[str] = ""
    label: ClassVar[str] = "Lainnya"  # where a person filters or chooses: "Materi baru"
    icon: ClassVar[str]
    on_locked_screen: ClassVar[str] = "Ada kabar baru"  # "Ada pembaruan jadwal"
    roles: ClassVar[frozenset[Role]]  # who gets such a thing, and may choose how
    is_urgent: ClassVar[bool] = False
    makes_sound: ClassVar[bool] = True
    can_be_silenced: ClassVar[bool] = True  # False: neither mute nor quiet hours hold it back
    not_by: ClassVar[frozenset[str]] = frozenset()  # channels that never carry it
    off_by_default: ClassVar[frozenset[str]] = frozenset()  # channels to be chosen first

    subject: str
    title: str
    url: str
    text: str = ""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        _KINDS[cls.kind] = cls

    @property
    def row(self) -> Notification:
        """As it is stored, for anybody."""
        return Notification(
            kind=self.kind,
            icon=self.icon,
            is_urgent=self.is_urgent,
            subject=self.subject,
            title=self.title[:120],
            text=self.text[:300],
            url=self.url,
        )


_KINDS: dict[str, type[Notice]] = {}


def kind_named(kind: str) -> type[Notice]:
    """Rows outlive the code that wrote them: a kind that is no more is any other news."""
    return _KINDS.get(kind, Notice)


def kinds_for(role: str) -> list[type[Notice]]:
    return [notice for notice in _KINDS.values() if role in notice.roles]
