"""What the model is told before it speaks: files that people review, under a version."""

from pathlib import Path

from educounsel.accounts.models import User
from educounsel.companion.cases import open_case_of

VERSION = "sahabat-1"
_FOLDER = Path(__file__).parent
_SAHABAT = (_FOLDER / f"{VERSION}.md").read_text()
_OPEN_CASE = (_FOLDER / "open-case.md").read_text()


def instructions(student: User) -> str:
    return f"{_SAHABAT}\n{_OPEN_CASE}" if open_case_of(student) else _SAHABAT
