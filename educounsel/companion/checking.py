"""The model's own words, checked before a student sees them.

A pure function of what came so far, asked at every step: a sentence is judged while it grows, and
one that may turn out unfit waits for its end, so that what makes it unfit never stands on the
screen.
"""

import re
from collections.abc import Collection

from educounsel.companion.masking import without_masks
from educounsel.companion.unfit import is_doubtful, is_unfit
from educounsel.companion.unfit.reading import words_only

INSTEAD = (
    "Bagian ini tidak kutampilkan karena bisa keliru atau berbahaya. Bicarakan dengan Guru BK,"
    " orang tua, atau tenaga kesehatan, ya."
)

# A line break ends a sentence only where a new point or paragraph begins; a dot inside a word or a
# number ends nothing.
_NEW_PART = r"\n[ \t]*(?:\n|[-*+>] |\d+[.)])"
_SENTENCE = re.compile(
    rf"(?P<before>\s*(?:[-*+>] +|\d+[.)] +)?)"
    rf"(?P<words>(?:(?!{_NEW_PART})[^.!?]|[.!?](?=\w))+)(?P<end>[.!?]*)"
)
_WORD = re.compile(r"\S+")
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
    words = without_masks(words_only(without_marks(text)))
    return _cite_only(numbers, _fit(words, is_whole=is_whole))


def without_marks(text: str) -> str:
    """Nobody reads them: neither a student, nor the model in what others wrote."""
    return _MARK.sub("", text).lstrip() if _MARK.search(text) else text


def marks_in(text: str, *, is_whole: bool) -> set[str]:
    """Of "janji", "bahaya", "perhatian" those that the model has written so far."""
    if not is_whole:
        text = _UNFINISHED.sub("", text)
    return {found["word"].lower() for found in _MARK.finditer(text)}


def _fit(text: str, *, is_whole: bool) -> str:
    """Of several unfit sentences the first is answered, the others are left out."""
    said = False

    def judge(found: re.Match[str]) -> str:
        nonlocal said
        before, sentence = found["before"], found["words"] + found["end"]
        if not is_whole and found.end() == len(text) and not found["end"]:
            return before + _harmless_beginning(sentence)
        if not is_unfit(sentence):
            return found.group()
        first, said = not said, True
        return before + INSTEAD if first else ""

    return _SENTENCE.sub(judge, text)


def _harmless_beginning(sentence: str) -> str:
    """The longest that leaves no doubt; so while it grows nothing is taken back, or little."""
    ends = (word.end() for word in reversed(list(_WORD.finditer(sentence))))
    return sentence[: next((end for end in ends if not is_doubtful(sentence[:end])), 0)]


def _cite_only(numbers: Collection[int], text: str) -> str:
    def keep(found: re.Match[str]) -> str:
        cited = [int(number) for number in found.group(1).split(",")]
        return "".join(f" [{number}]" for number in cited if number in numbers)

    return _CITATION.sub(keep, text)


def cited_in(text: str) -> set[int]:
    return {int(number) for number in re.findall(r"\[(\d+)\]", text)}
