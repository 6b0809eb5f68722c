"""What the model is told before it speaks: files that people review, under a version."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from educounsel.accounts.models import User
from educounsel.companion.cases import open_case_of
from educounsel.companion.checking import without_marks
from educounsel.materi.retrieval import Passage

VERSION = "sahabat-3"
_FOLDER = Path(__file__).parent
_SAHABAT = (_FOLDER / f"{VERSION}.md").read_text()
_OPEN_CASE = (_FOLDER / "open-case.md").read_text()


def instructions(student: User, found: Sequence[Passage]) -> str:
    """The rules, then what the school's materi say: numbered, and marked as no more than data."""
    parts = [_SAHABAT, _OPEN_CASE] if open_case_of(student) else [_SAHABAT]
    return "\n".join([*parts, _materials(found)])


def _materials(found: Sequence[Passage]) -> str:
    """No text of a materi can close its own mark: what could is written as plain letters. Nor does
    it bring along a mark that is the model's to write."""
    if not found:
        return "<bahan>Tidak ada materi sekolah yang cocok dengan pesan ini.</bahan>"
    return "\n".join(_material(number, passage) for number, passage in enumerate(found, start=1))


def _material(number: int, passage: Passage) -> str:
    title, text = (escape(without_marks(said)) for said in (passage.title, passage.text))
    return f'<bahan nomor="{number}" judul="{title}">\n{text}\n</bahan>'
