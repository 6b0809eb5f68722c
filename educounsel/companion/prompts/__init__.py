"""What the model is told before it speaks: files that people review, under a version."""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from educounsel.accounts.models import User
from educounsel.companion.cases import open_case_of
from educounsel.companion.checking import without_marks
from educounsel.companion.escalation import told_entries
from educounsel.companion.masking import Mask
from educounsel.companion.models import Case
from educounsel.materi.retrieval import Passage

VERSION = "sahabat-5"
_FOLDER = Path(__file__).parent
_SAHABAT = (_FOLDER / f"{VERSION}.md").read_text()
# What a student may be told word for word: no rule, so no reading out of rules either.
_WHO_READS = (_FOLDER / f"{VERSION}-boleh-dikatakan.md").read_text()
_OPEN_CASE = (_FOLDER / "open-case.md").read_text()


def instructions(student: User, found: Sequence[Passage], mask: Mask) -> str:
    """The rules, then what the school's materi say: numbered, masked, and marked as no more than
    data."""
    return "\n".join([_SAHABAT, _WHO_READS, *_state(student), _materials(found, mask)])


def _state(student: User) -> Iterator[str]:
    if case := open_case_of(student):
        yield _OPEN_CASE.format(told=_who_was_told(case))


def _who_was_told(case: Case) -> str:
    """Only what is true: not every school has a Guru BK, and somebody may be told later."""
    people = [entry.whom for entry in told_entries(case) if entry.whom]
    if any(person.is_guru_bk for person in people):
        return "Guru BK sudah diberi tahu."
    if people:
        return "Pimpinan sekolah sudah diberi tahu; jangan bilang bahwa Guru BK sudah tahu."
    return "Di sekolah belum ada yang diberi tahu; jangan bilang bahwa sudah ada yang tahu."


def _materials(found: Sequence[Passage], mask: Mask) -> str:
    """No text of a materi can close its own mark: what could is written as plain letters. Nor does
    it bring along a mark that is the model's to write."""
    if not found:
        return "<bahan>Tidak ada materi sekolah yang cocok dengan pesan ini.</bahan>"
    return "\n".join(_material(*each, mask) for each in enumerate(found, start=1))


def _material(number: int, passage: Passage, mask: Mask) -> str:
    title, text = (escape(mask(without_marks(said))) for said in (passage.title, passage.text))
    return f'<bahan nomor="{number}" judul="{title}">\n{text}\n</bahan>'
