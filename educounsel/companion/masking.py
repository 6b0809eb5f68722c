"""What leaves for the provider does not say who writes, and what comes back reads as a sentence."""

import re

from educounsel.accounts.models import User
from educounsel.schools.masking import NUMBER, SchoolMask

# As a model says them again: to somebody, or of somebody.
_CALLED = re.compile(
    r"(?:(?<=\bhai)|(?<=\bhalo)|(?<=\bhi)|(?<=\boke)|(?<=\biya)|(?<=kasih)|,)\s*\[nama\]",
    re.IGNORECASE,
)
_SAID_AGAIN = re.compile(
    r"(?:\b(?:kelas|sekolah|nomor)\s+)?\[(nama|nomor|alamat|kelas|sekolah)\]", re.IGNORECASE
)
_IN_WORDS = {
    "nama": "dia",
    "nomor": "nomor itu",
    "alamat": "alamat itu",
    "kelas": "kelas itu",
    "sekolah": "sekolah itu",
}


class Mask(SchoolMask):
    """For one student, whose own NIS goes too: it is shorter than other numbers."""

    def __init__(self, student: User) -> None:
        super().__init__(student.school_id)
        own = [re.escape(it) for it in (student.nis, student.nisn) if it and len(it) > 2]
        self._own = re.compile(rf"(?<!\w)(?:{'|'.join(own) or '(?!)'})(?!\w)", re.IGNORECASE)

    def __call__(self, text: str) -> str:
        return self._own.sub(NUMBER, super().__call__(text))


def without_masks(text: str) -> str:
    """A model's sentence about somebody whose name it never learnt."""
    return _SAID_AGAIN.sub(lambda mask: _IN_WORDS[mask[1].lower()], _CALLED.sub("", text))
