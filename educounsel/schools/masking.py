"""What leaves for a provider names neither people of the school nor the school itself."""

import re
from functools import cache
from pathlib import Path

from educounsel.accounts.models import Role, User
from educounsel.schools.models import ClassGroup, School
from educounsel.schools.spellings import NOTHING, class_pattern, school_pattern

NAME, NUMBER, ADDRESS = "[nama]", "[nomor]", "[alamat]"
CLASS, SCHOOL = "[kelas]", "[sekolah]"

_ADDRESS = re.compile(r"\S+@\S+\.\w+|(?:https?://|www\.)\S+|(?<!\w)@\w[\w.]{2,}")
# NISN, NIP and telephone numbers, also written in groups.
_NUMBER = re.compile(r"(?<!\w)\+?\d(?:[\s.()\u2013-]{0,2}\d){6,}(?!\w)")
_CALLED_NUMBER = re.compile(
    r"(?P<before>\b(?:nisn?|nipd?|nik|(?:no|nomor)\.? induk)"
    r"(?:\s*(?:ku|mu|nya|aku|saya|gue|gw|itu|adalah|siswa|[:=]))*\s*)[\w/.-]*\d[\w/.-]*",
    re.IGNORECASE,
)
_TITLES = (
    "bu|ibu|pak|bapak|kak|kakak|mas|mbak|mba|bang|abang|om|tante|teh|teteh|kang|mang|ust|ustad"
    "|ustadz|ustadzah|miss|mister|mr|mrs|ms|sir|coach|drs|dra|dr|hj|haji|hajah|ir|prof|spd|mpd"
)
_TITLE = re.compile(_TITLES, re.IGNORECASE)
_FOLLOWS = (
    "si|namaku|namanya|bernama|temanku|temenku|sahabatku|pacarku|mantanku|gebetanku|kakakku"
    "|adikku|sepupuku|saudaraku|sebangku|crushku|doiku"
)
_CALLED = re.compile(rf"(?<!\w)(?:{_TITLES}|{_FOLLOWS})[\s.]+\Z", re.IGNORECASE)
# Not every teacher has an account: a title, and a name that is written large.
_NO_NAMES = (
    "guru|bk|kepala|kepsek|wali|kantin|satpam|polisi|dokter|haji|kota|kandung|tiri|dan|atau|yang"
    "|ustadz|ustadzah|rt|rw|lurah|camat|penjaga|petugas|pelatih|pembina|asuh|rumah|osis|kelas"
)
_TITLED = re.compile(
    rf"(?P<before>\b(?i:bu|ibu|pak|bapak|kak|bang|mas|mbak|miss|mister|ust|ustadz|ustadzah)\.? )"
    rf"(?!(?i:{_NO_NAMES})\b)[A-Z][a-z]{{2,}}\b"
)
# "namaku jelek" names nobody, nor does "namaku dicoret".
_SELF = re.compile(
    r"(?P<before>\b(?:namaku|nama (?:aku|saya|gue|gw|gua))\s+(?:itu |adalah )?)"
    r"(?!(?:di|ter|ke|ber|me|se)\w{4}|(?:ada|aku|aneh|bagus|baik|buruk|cuma|dan|dia|gak|ga|gue|ini|itu"
    r"|jadi|jelek|juga|kan|kok|lagi|lucu|malah|mau|nggak|ngga|paling|rusak|salah|sama|sudah|tapi|tidak"
    r"|udah|unik|yang|yg)\b)[^\W\d_]{3,}",
    re.IGNORECASE,
)
_IN_NAME = re.compile(r"[^\W\d_](?:['\u2019`]?[^\W\d_])*")
_MARKS = re.compile(r"['\u2019`]")
_ENDING = re.compile(r"(?<=\w{3})(?:nya|ku|mu)\Z")
_DRAWN_OUT = re.compile(r"(.)\1+\Z")
# They tell nobody from others, and religion speaks of them.
_SHARED = frozenset(("nur", "muhammad", "siti"))
_SEVERAL = re.compile(r"\[nama\](?:[\s.]+\[nama\])+")


class SchoolMask:
    """Names in any case: of people, of classes and of the school, in the spellings people use.

    A name that is an ordinary word too (Indah, Bintang) is masked where it is written large, or
    where somebody is called so: a text without its words says nothing any more.
    """

    def __init__(self, school_id: int) -> None:
        people = User.objects.of_school(school_id).exclude(role=Role.ADMIN)
        names = [_without_titles(name) for name in people.values_list("name", flat=True)]
        classes = ClassGroup.objects.of_school(school_id).values_list("name", flat=True)
        self._school = _any_case(school_pattern(School.objects.get(pk=school_id).name))
        self._class = _any_case(class_pattern(set(classes)))
        self._full = _any_case(_full_names(names))
        self._words = {_bare(word) for name in names for word in name}

    def __call__(self, text: str) -> str:
        text = _NUMBER.sub(NUMBER, _ADDRESS.sub(ADDRESS, text))
        text = _CALLED_NUMBER.sub(rf"\g<before>{NUMBER}", text)
        text = self._class.sub(CLASS, self._school.sub(SCHOOL, text))
        return _SEVERAL.sub(NAME, self._without_names(text))

    def _without_names(self, text: str) -> str:
        text = _IN_NAME.sub(self._masked, self._full.sub(NAME, text))
        return _SELF.sub(rf"\g<before>{NAME}", _TITLED.sub(rf"\g<before>{NAME}", text))

    def _masked(self, found: re.Match[str]) -> str:
        word = found.group()
        names = self._words & _readings(word)
        if not names or found.string[: found.start()].endswith("["):
            return word
        if _is_called(found):
            return NAME
        if names <= _SHARED or len(word) < 3:
            return word
        return NAME if word.istitle() or names - _ordinary() else word


def _is_called(found: re.Match[str]) -> bool:
    return _CALLED.search(found.string[max(found.start() - 20, 0) : found.start()]) is not None


def _readings(word: str) -> set[str]:
    """Also with an ending, or drawn out: dodinya, dodiii."""
    bare = _bare(word)
    return {bare, _ENDING.sub("", bare), _DRAWN_OUT.sub(r"\1", bare)}


def _bare(word: str) -> str:
    return _MARKS.sub("", word.lower())


def _without_titles(name: str) -> list[str]:
    words = [word for word in _IN_NAME.findall(name) if len(word) > 1]
    return [word for word in words if not _TITLE.fullmatch(word)]


def _full_names(names: list[list[str]]) -> str:
    full = {r"[\s.]+".join(map(re.escape, name)) for name in names if len(name) > 1}
    return rf"\b(?:{'|'.join(sorted(full, key=len, reverse=True)) or NOTHING})\b"


def _any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@cache
def _ordinary() -> frozenset[str]:
    lines = Path(__file__).with_name("ordinary_names.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
