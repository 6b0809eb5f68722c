"""Telephone numbers in a model's words: only those of the school's own help card are shown."""

import re
from collections.abc import Collection

from educounsel.schools.models import HelpContact

UNKNOWN = "nomor di tombol Bantuan"

# Written as one, in groups, or short after a word that asks to dial; no hours, sums or years.
_WRITTEN = r"(?:\+?62|\(?0)[\d\s().-]*\d|1[45]\d\d?[\s-]?\d{3}\b"
_DIAL = (
    r"(?:tele?pon|telp|hubungi|kontak|call|dial|hotline|darurat|whatsapp|wa|nomor(?:nya)?|number)"
)
_ASKED_TO_DIAL = rf"{_DIAL}\W{{1,3}}(?:ke |di |adalah |nomor |saja )?"
_LONG = re.compile(
    rf"(?:\bnomor\s+)?(?<![\d.,:/])(?P<number>{_WRITTEN})(?![\d:/]|[.,]\d)", re.IGNORECASE
)
_SHORT = re.compile(
    rf"(?P<ask>\b{_ASKED_TO_DIAL})(?P<number>\d(?:[\s.-]?\d){{2,}})(?!\d)", re.IGNORECASE
)
_HOURS_OR_DATE = re.compile(
    r"\d\d[.:]\d\d(?:\s?[-\u2013]\s?\d\d[.:]\d\d)?\.?|\d\d[-.]\d\d[-.]\d{4}"
)
# A number whose end is still to come.
_GROWING = re.compile(r"[+(]?\d[\d\s().-]*\Z")
_FEWEST, _MOST = 7, 15


def numbers_of(school_id: int) -> frozenset[str]:
    """Digits of all numbers that the school shows, also without their extension."""
    contacts = HelpContact.objects.filter(school_id=school_id, is_shown=True)
    written = contacts.values_list("number", flat=True)
    return frozenset(form for number in written for form in (_digits(number), _main(number)))


def known_numbers_only(text: str, known: Collection[str], *, is_whole: bool) -> str:
    if not is_whole:
        text = _GROWING.sub("", text)

    def long(found: re.Match[str]) -> str:
        written = found["number"]
        is_known = _digits(written) in known or not _is_number(written)
        return found.group() if is_known else UNKNOWN

    def short(found: re.Match[str]) -> str:
        return found.group() if _digits(found["number"]) in known else found["ask"] + UNKNOWN

    return _SHORT.sub(short, _LONG.sub(long, text))


def _is_number(written: str) -> bool:
    is_long_enough = _FEWEST <= len(_digits(written)) <= _MOST
    return is_long_enough and not _HOURS_OR_DATE.fullmatch(written.strip())


def _digits(written: str) -> str:
    digits = re.sub(r"\D", "", written)
    return f"0{digits[2:]}" if digits.startswith("62") else digits


def _main(written: str) -> str:
    return _digits(written.partition("ext")[0])
