"""What leaves for the provider names nobody: people of the school, numbers and addresses go."""

import re

from educounsel.accounts.models import Role, User
from educounsel.schools.people import class_of

NAME, NUMBER, ADDRESS = "[nama]", "[nomor]", "[alamat]"

_ADDRESS = re.compile(r"\S+@\S+\.\w+|(?:https?://|www\.)\S+|(?<!\w)@\w[\w.]{2,}")
# NISN, NIP and telephone numbers, also written in groups.
_NUMBER = re.compile(r"(?<!\w)\+?\d(?:[\s.()-]?\d){6,}(?!\w)")
# As a model says them again: to somebody, or of somebody.
_CALLED = re.compile(
    r"(?:(?<=\bhai)|(?<=\bhalo)|(?<=\bhi)|(?<=\boke)|(?<=\biya)|(?<=kasih)|,)\s*\[nama\]",
    re.IGNORECASE,
)
_SAID_AGAIN = re.compile(r"\[(nama|nomor|alamat)\]", re.IGNORECASE)
_IN_WORDS = {"nama": "dia", "nomor": "nomor itu", "alamat": "alamat itu"}
_TITLES = {"bu", "ibu", "pak", "bapak", "drs", "dra", "spd", "mpd", "nur", "muhammad", "siti"}


class Mask:
    """For one student: a full name of the school in any case, a single name of the class too.

    A single name of somebody else is masked where it is written large: many are common words
    (Indah, Bintang), and a text without them says nothing any more.
    """

    def __init__(self, student: User) -> None:
        everybody = User.objects.filter(school_id=student.school_id).exclude(role=Role.ADMIN)
        names = list(everybody.values_list("name", flat=True))
        near = [student.name, *_classmates(student)]
        self._small = _pattern([*names, *_words(near)], re.IGNORECASE)
        self._large = _pattern(_words(names), re.NOFLAG)

    def __call__(self, text: str) -> str:
        text = _NUMBER.sub(NUMBER, _ADDRESS.sub(ADDRESS, text))
        return self._large.sub(NAME, self._small.sub(NAME, text))


def without_masks(text: str) -> str:
    """A model's sentence about somebody whose name it never learnt."""
    return _SAID_AGAIN.sub(lambda mask: _IN_WORDS[mask[1].lower()], _CALLED.sub("", text))


def _classmates(student: User) -> list[str]:
    class_group = class_of(student)
    if class_group is None:
        return []
    people = User.objects.filter(enrolments__class_group=class_group)
    return list(people.values_list("name", flat=True))


def _words(names: list[str]) -> list[str]:
    words = {word for name in names for word in re.findall(r"\w{3,}", name)}
    return [word for word in words if word.lower() not in _TITLES]


def _pattern(names: list[str], flags: re.RegexFlag) -> re.Pattern[str]:
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first) or '(?!)'})\b", flags)
