"""Of what a model cites only that stays which was found for it, in whatever signs it writes it.

A bracket claims a source where it holds numbers alone or with words for a source: [3-5], [^2],
[bahan 2], 【2†source】, [Santoso, 2020]. Other words in brackets are words: [sic], [25 menit].
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from html import unescape

_OPEN = r"(?:\\?[\[\u3010\uff3b\u3014\u27e6]|&(?:lsqb|lbrack|#0*91|#x0*5b);)"
_CLOSE = r"(?:\\?[\]\u3011\uff3d\u3015\u27e7]|&(?:rsqb|rbrack|#0*93|#x0*5d);)"
_SHORT = 40
_INSIDE = rf"(?:(?!{_OPEN}|{_CLOSE})[^\n])"
_BRACKET = re.compile(
    rf"\s?{_OPEN}\s?{_OPEN}?(?P<inside>{_INSIDE}{{1,{_SHORT}}})(?P<end>{_CLOSE}(?:\s?{_CLOSE})?|\Z)",
    re.IGNORECASE,
)
_NOUN = (
    r"bahan|materi|sumber|source|src|ref|referensi|reference|rujukan|kutipan|citation|cite|doc"
    r"|dokumen|document|footnote|catatan kaki|daftar pustaka|turn\d*search"
)
_ROUND = re.compile(
    rf"\s?\(\s*(?:lihat |menurut |dari )?"
    rf"(?P<inside>(?:{_NOUN})\b[^()\n]{{0,{_SHORT}}}[\d:][^()\n]{{0,{_SHORT}}})\)",
    re.IGNORECASE,
)
# The beginning of one whose end is still to come.
UNFINISHED = (
    rf"{_OPEN}\s?{_OPEN}?{_INSIDE}{{0,{_SHORT}}}|&[#\w]{{0,7}}"
    rf"|\(\s*(?:[a-z]{{0,9}}|(?:lihat |menurut |dari )?(?:{_NOUN})\b[^()\n]{{0,{_SHORT}}})"
)
_WORD = re.compile(r"[^\W\d_]+")
_NOUN_WORD = re.compile(_NOUN, re.IGNORECASE)
_BESIDE = re.compile(
    r"dan|and|atau|s|d|sampai|hingga|to|no|nomor|ke|lihat|see|menurut|dari|hal|halaman|page|pp"
    r"|bab|catatan|kaki|note|fn|cf|line|lines|search|sekolah|needed|satu|dua|tiga|empat|lima|enam|tujuh|delapan"
    r"|sembilan|kesatu|pertama|kedua|ketiga|keempat|[a-z]",
    re.IGNORECASE,
)
_SUM = re.compile(r"[=<>%$?!]|\d\s*[+*x\u00d7]\s*\d")
_YEAR = re.compile(r"\b[A-Z][^\W\d_]+.*\b(?:19|20)\d\d[a-z]?\b")
_NAMED = re.compile(rf"(?:{_NOUN})\s*[:=#]", re.IGNORECASE)
_ROMAN = {"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
_RANGE = re.compile(r"(\d+)\s*(?:[-\u2010-\u2015]|s\.?/?d\.?|sampai|hingga)\s*(\d+)")
_FAR = 20


def cite_only(numbers: Collection[int], text: str) -> str:
    def keep(found: re.Match[str]) -> str:
        inside = unicodedata.normalize("NFKC", unescape(found["inside"])).strip(" \\^*_`")
        if not _claims_source(inside):
            return found.group()
        cited = [number for number in _numbers_in(inside) if number in numbers]
        if cited and "end" in found.groupdict() and not found["end"]:
            return found.group()  # cut off behind a true number
        return "".join(f" [{number}]" for number in dict.fromkeys(cited))

    return _ROUND.sub(keep, _BRACKET.sub(keep, text))


def _claims_source(inside: str) -> bool:
    if _NAMED.match(inside) or _YEAR.search(inside) or inside.lower() in _ROMAN:
        return True
    words = _WORD.findall(inside)
    if not all(_NOUN_WORD.fullmatch(word) or _BESIDE.fullmatch(word) for word in words):
        return False
    has_number = re.search(r"\d", inside) and not _SUM.search(inside)
    return bool(has_number) or any(_NOUN_WORD.fullmatch(word) for word in words)


def _numbers_in(inside: str) -> Iterator[int]:
    if roman := _ROMAN.get(inside.lower()):
        yield roman
    for first, last in _RANGE.findall(inside):
        yield from range(int(first), min(int(last), int(first) + _FAR) + 1)
    yield from map(int, re.findall(r"\d+", _RANGE.sub("", inside)))
