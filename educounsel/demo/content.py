"""The demo schools, materi and stories as plain data, read from the files in content/."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any, Literal

CONTENT = Path(__file__).with_name("content")

type Row = Mapping[str, Any]
type Status = Literal["Menunggu", "Diterima", "Ditolak", "Dibatalkan", "Selesai"]


# Title and words of an announcement.
FOR_EVERYBODY = (
    "Pekan Kesehatan Jiwa mulai Senin",
    "Setiap istirahat pertama ada sesi singkat di aula. Ruang BK buka seperti biasa.",
)
FOR_CLASSES = (
    "Kelas bimbingan klasikal pindah ke aula",
    "Pekan ini bimbingan klasikal berlangsung di aula. Cukup bawa alat tulis.",
)


@dataclass(frozen=True)
class MateriText:
    """A materi of the demo; order 1 is the newest, class_name None means every class."""

    slug: str
    title: str
    bidang: str
    summary: str
    has_pdf: bool
    class_name: str | None
    order: int
    body: str


@dataclass(frozen=True)
class AvailabilityText:
    weekday: int
    start: time
    end: time
    slot_minutes: int


@dataclass(frozen=True)
class CounsellorText:
    name: str
    nip: str
    email: str
    phone: str
    room: str
    classes: tuple[str, ...]
    availability: tuple[AvailabilityText, ...]


@dataclass(frozen=True)
class StudentText:
    name: str
    nisn: str
    nis: str
    email: str | None = None


@dataclass(frozen=True)
class ClassText:
    name: str
    tingkat: int
    students: tuple[StudentText, ...]


@dataclass(frozen=True)
class StaffText:
    name: str
    email: str


@dataclass(frozen=True)
class SchoolText:
    slug: str
    name: str
    npsn: str
    timezone: str
    address: str
    phone: str
    crisis_contact: str
    admin: StaffText
    head: StaffText
    coordinator: str
    counsellors: tuple[CounsellorText, ...]
    classes: tuple[ClassText, ...]

    @property
    def students(self) -> list[StudentText]:
        return [student for group in self.classes for student in group.students]


@dataclass(frozen=True)
class TurnText:
    """A question and the words of a materi, letter for letter, that answer it."""

    question: str
    materi: str
    quote: str


@dataclass(frozen=True)
class ChatText:
    student: str
    day: int
    at: time
    turns: tuple[TurnText, ...]


@dataclass(frozen=True)
class AppointmentText:
    student: str
    counsellor: str
    day: int
    at: time
    topic: str
    status: Status
    reason: str = ""


@dataclass(frozen=True)
class Stories:
    chat: ChatText
    appointments: tuple[AppointmentText, ...]


def load_materi() -> list[MateriText]:
    """Newest first."""
    return sorted(map(_materi, (CONTENT / "materi").glob("*.md")), key=lambda materi: materi.order)


def load_schools() -> list[SchoolText]:
    return [_school(row) for row in _toml("schools.toml")["schools"]]


def load_stories() -> Stories:
    rows = _toml("stories.toml")
    return Stories(
        chat=_chat(rows["chat"]),
        appointments=tuple(_appointment(row) for row in rows["appointments"]),
    )


def _materi(path: Path) -> MateriText:
    _, front_matter, body = path.read_text(encoding="utf-8").split("---\n", 2)
    keys = dict(line.split(": ", 1) for line in front_matter.splitlines())
    return MateriText(
        slug=path.stem,
        title=keys["judul"],
        bidang=keys["bidang"],
        summary=keys["ringkasan"],
        has_pdf=keys["pdf"] == "ya",
        class_name=None if keys["kelas"] == "semua" else keys["kelas"],
        order=int(keys["urutan"]),
        body=body.strip(),
    )


def _toml(name: str) -> Row:
    return tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))


def _school(row: Row) -> SchoolText:
    parts = {
        "admin": StaffText(**row["admin"]),
        "head": StaffText(**row["head"]),
        "counsellors": tuple(_counsellor(counsellor) for counsellor in row["counsellors"]),
        "classes": tuple(_class(group) for group in row["classes"]),
    }
    return SchoolText(**{**row, **parts})


def _counsellor(row: Row) -> CounsellorText:
    parts = {
        "classes": tuple(row["classes"]),
        "availability": tuple(
            _availability(hours, weekday)
            for hours in row["availability"]
            for weekday in hours["weekdays"]
        ),
    }
    return CounsellorText(**{**row, **parts})


def _availability(row: Row, weekday: int) -> AvailabilityText:
    return AvailabilityText(
        weekday=weekday,
        start=time.fromisoformat(row["start"]),
        end=time.fromisoformat(row["end"]),
        slot_minutes=row["slot"],
    )


def _class(row: Row) -> ClassText:
    return ClassText(**{**row, "students": tuple(StudentText(**s) for s in row["students"])})


def _chat(row: Row) -> ChatText:
    parts = {
        "at": time.fromisoformat(row["at"]),
        "turns": tuple(TurnText(**turn) for turn in row["turns"]),
    }
    return ChatText(**{**row, **parts})


def _appointment(row: Row) -> AppointmentText:
    return AppointmentText(**{**row, "at": time.fromisoformat(row["at"])})
