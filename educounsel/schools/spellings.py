"""How people write the name of their school and of a class: XI IPA 2, xi-ipa2, 8B."""

import re
from collections.abc import Iterable

NOTHING = r"(?!)"
# Between the parts of a name people write nothing, or one of these.
_APART = r"[\s._/-]*"
_LEVELS = {
    "sma": "sma|sekolah menengah atas",
    "smp": "smp|sekolah menengah pertama",
    "smk": "smk|sekolah menengah kejuruan",
    "ma": "ma|madrasah aliyah",
    "mts": "mts|madrasah tsanawiyah",
}
_KEEPER = r"(?:negeri|neg|n|swasta|s|islam terpadu|it)"
_SCHOOL = re.compile(
    rf"(?P<level>{'|'.join(_LEVELS)})\s*(?:{_KEEPER}\b)?\s*(?P<number>\d*)\s*(?P<rest>.*)", re.I
)
_ROMAN = ("vii", "viii", "ix", "x", "xi", "xii", "xiii")
_GRADES = {roman: str(grade) for grade, roman in enumerate(_ROMAN, start=7)}
_ARABIC = {grade: roman for roman, grade in _GRADES.items()}
_PART = re.compile(r"[^\W\d_]+|\d+")


def school_pattern(name: str) -> str:
    """The whole name in any writing, and the short ones: SMAN 3 for SMA Negeri 3 Bandung."""
    found = _SCHOOL.fullmatch(name.strip())
    if found is None:
        return _spelt(name)
    level, rest = _LEVELS[found["level"].lower()], _PART.findall(found["rest"])
    kept = rf"\b(?:{level}){_APART}(?:{_KEEPER}{_APART})?"
    if found["number"]:
        return rf"{kept}{found['number']}(?!\d)(?:\s+{_spelt(found['rest'])})?"
    if not rest:
        return _spelt(name)
    short = rf"{kept}{re.escape(rest[0])}\b(?:{_APART}{_spelt(' '.join(rest[1:]))})?"
    return f"{short}|{_by_itself(rest)}"


def _by_itself(rest: list[str]) -> str:
    """One word is a name where it is written large, or a place: other places have it as a word."""
    if len(rest) > 1:
        return _spelt(" ".join(rest))
    small = rf"(?:(?<=\bdi )|(?<=\bke )|(?<=\bdari )|(?<=\banak )|(?<=\bsekolah )){rest[0]}\b"
    return rf"(?-i:\b{re.escape(rest[0].title())}\b)|{small}"


def class_pattern(names: Iterable[str]) -> str:
    spelt = [spelling for name in sorted(names, key=len, reverse=True) for spelling in _class(name)]
    return rf"(?:\b(?:kelas|kls)\s+)?(?<!\w)(?:{'|'.join(spelt) or NOTHING})(?!\w)"


def _class(name: str) -> list[str]:
    parts = [part.lower() for part in _PART.findall(name)]
    if len(parts) < 2:
        return []
    roman = parts[0] if parts[0] in _GRADES else _ARABIC.get(parts[0])
    if roman is None:
        return [_spelt(name)]
    section = _APART.join(map(re.escape, parts[1:]))
    return [*_with_grade(roman, section, parts), *([section] if len(parts) > 2 else [])]


def _with_grade(roman: str, section: str, parts: list[str]) -> list[str]:
    """10-1 by itself is a score, or a date: of figures alone "kelas" has to be said."""
    grade = rf"{_GRADES[roman]}{_APART}"
    if parts[1].isdigit():
        grade = rf"(?:(?<=\bkelas )|(?<=\bkls )){_GRADES[roman]}[\s._/-]+"
    return [rf"{roman}{_APART}{section}", rf"(?<!nomor )(?<!soal )(?<!no ){grade}{section}"]


def _spelt(name: str) -> str:
    parts = [re.escape(part) for part in _PART.findall(name)]
    return rf"\b{_APART.join(parts)}\b" if parts else NOTHING
