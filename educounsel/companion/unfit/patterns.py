"""Reads patterns.txt: what no model may say to a child, as people list it."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_LIST = Path(__file__).parent / "patterns.txt"
_NO = r"(?:tidak|nggak|enggak|ngga|gak|ga|gk|tak)"


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_REFUSES = _any_of(rf"\b({_NO}|bukan|jangan|belum|bukannya|hindari)\b")
_KEEPS_AWAY = _any_of(r"\b(?:di)?(jauh|singkir|titip|serah)(kan)?(lah)?\b|\bjauh-jauh\b")
# Of a disorder that is supposed, or spoken about, nobody is told that it is theirs.
_SUPPOSES = _any_of(r"\b(kalau|jika|bila|apakah|soal|tentang|pikiran)\b")
# They comfort, and refuse nothing.
_COMFORT = _any_of(
    rf"\b(jangan|{_NO} usah|{_NO} perlu) (khawatir|takut|sedih|malu|cemas)\b",
    rf"\b{_NO} (apa-apa|masalah|papa)\b",
)
# "Kalau ada yang bilang jangan cerita, ceritakan" hushes nobody up.
_TURNS_TO_PEOPLE = _any_of(r"\b(justru|tetap|segera|ceritakan|beranikan)\b")
_BETWEEN = re.compile(r"[\W\d_]+")
_CLAUSE = _any_of(r"[,;:]|\b(?:tapi|tetapi|namun|melainkan)\b")


def is_listed(sentence: str) -> bool:
    """Of a sentence in plain small letters."""
    if _those("never").search(sentence):
        return True
    if _those("hush").search(sentence) and not _TURNS_TO_PEOPLE.search(sentence):
        return True
    found = _those("unless refused").finditer(sentence)
    return any(not _is_refused(sentence, each) for each in found)


def names_medicine(sentence: str) -> bool:
    """Also with spaces or signs in the middle of the name."""
    return bool(_those("medicine").search(_BETWEEN.sub("", sentence)))


def _is_refused(sentence: str, found: re.Match[str]) -> bool:
    """In the same clause: "aku bukan manusia, tapi aku sayang kamu" refuses nothing."""
    if _KEEPS_AWAY.search(sentence):
        return True
    before = _COMFORT.sub("", sentence[: found.end()])
    ends = [clause.end() for clause in _CLAUSE.finditer(before)]
    clause = before[max(ends, default=0) :]
    supposed = _those("word named").search(found.group()) and _SUPPOSES.search(clause)
    return bool(supposed or _REFUSES.search(clause))


@cache
def _those(kind: str) -> re.Pattern[str]:
    """All expressions under one heading, as one."""
    read = _sections()
    words = {head.removeprefix("word "): lines for head, lines in read.items() if "word" in head}
    text = "|".join(read[kind])
    for name, lines in words.items():
        text = text.replace(f"<{name}>", "|".join(lines))
    return _any_of(text)


@cache
def _sections() -> dict[str, list[str]]:
    read: dict[str, list[str]] = {}
    for line in _lines():
        if line.startswith("["):
            head = line.strip("[]")
            read[head] = []
        else:
            read[head].append(line)
    return read


def _lines() -> Iterator[str]:
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return (line for line in lines if line and not line.startswith("#"))
