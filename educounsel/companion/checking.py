"""The model's own words, checked before a student sees them.

A pure function of what came so far, asked at every step: what a sentence holds is judged while it
grows, so what makes it unfit never stands on the screen, and nothing waits for its full stop.
"""

import re
from collections.abc import Collection

from educounsel.companion.unfit import is_unfit

INSTEAD = (
    "Bagian ini tidak kutampilkan karena bisa keliru atau berbahaya. Bicarakan dengan Guru BK,"
    " orang tua, atau tenaga kesehatan, ya."
)

_SENTENCE = re.compile(r"([ \t]*(?:[-*>] )?)[^.!?\n]+[.!?]*")
_CITATION = re.compile(r"\s?[\[【]\s*(\d+(?:\s*,\s*\d+)*)\s*[\]】]")
# The beginning of a citation or a mark whose end is still to come.
_UNFINISHED = re.compile(
    r"\s?(?:[*_`]{0,2}\\?[\[【][\[【\\\s]*(?:[\d\s,]*|[a-z]*[\s\]】\\*_`]*)|[*_`]{1,2}\\?|\\)$",
    re.IGNORECASE,
)
# What the prompt lets the model write for us, in every form that models make of it.
_MARK = re.compile(
    r"[ \t]*(?P<around>[*_`]{0,2})(?:\\?[\[【][ \t]*){1,2}(?P<word>janji|bahaya|perhatian)"
    r"(?:(?:[ \t]*\\?[\]】]){1,2}|[ \t]*\Z)(?P=around)",
    re.IGNORECASE,
)


def shown(text: str, numbers: Collection[int], *, is_whole: bool) -> str:
    """What of the model's text a student may see: fit sentences, citations of what was found."""
    if not is_whole:
        text = _UNFINISHED.sub("", text)
    return _cite_only(numbers, _fit(without_marks(text)))


def without_marks(text: str) -> str:
    """Nobody reads them: neither a student, nor the model in what others wrote."""
    return _MARK.sub("", text).lstrip() if _MARK.search(text) else text


def marks_in(text: str, *, is_whole: bool) -> set[str]:
    """Of "janji", "bahaya", "perhatian" those that the model has written so far."""
    if not is_whole:
        text = _UNFINISHED.sub("", text)
    return {found["word"].lower() for found in _MARK.finditer(text)}


def _fit(text: str) -> str:
    """Of several unfit sentences the first is answered, the others are left out."""
    said = False

    def judge(found: re.Match[str]) -> str:
        nonlocal said
        if not is_unfit(found.group()):
            return found.group()
        first, said = not said, True
        return found.group(1) + INSTEAD if first else ""

    return _SENTENCE.sub(judge, text)


def _cite_only(numbers: Collection[int], text: str) -> str:
    def keep(found: re.Match[str]) -> str:
        cited = [int(number) for number in found.group(1).split(",")]
        return "".join(f" [{number}]" for number in cited if number in numbers)

    return _CITATION.sub(keep, text)


def cited_in(text: str) -> set[int]:
    return {int(number) for number in re.findall(r"\[(\d+)\]", text)}
