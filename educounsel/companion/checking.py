"""The model's own words, checked before a student sees them.

A pure function of what came so far, asked at every step. A sentence is shown when it is whole and
judged, by itself and with the two before it; of a long one, what lies far enough behind its end.
Only the first words of all come at once: a student sees that somebody answers.
"""

import re
from collections.abc import Collection, Iterable
from typing import Any

from educounsel.companion.citing import UNFINISHED, cite_only
from educounsel.companion.masking import without_masks
from educounsel.companion.unfit import is_doubtful, is_unfit, is_unfit_together
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
# While a sentence grows it is shown so many words behind where it leaves no doubt: what makes it
# unfit mostly stands further on (unfit/training/README.md has the figures).
_BEHIND = 8
# So many sentences before one are read with it, for danger that is cut in pieces.
_BEFORE = 2
# The beginning of a citation or a mark whose end is still to come.
_UNFINISHED = re.compile(
    rf"\s?(?:[*_`]{{0,2}}(?:{UNFINISHED})|[*_`]{{0,2}}\\?[\[【][\[【\\\s]*[a-z]*[\s\]】\\*_`]*"
    r"|[*_`]{1,2}\\?|\\)$",
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
    return cite_only(numbers, _fit(words, is_whole=is_whole))


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
    said: list[str] = []
    answered = False

    def judge(found: re.Match[str]) -> str:
        nonlocal answered
        before, sentence = found["before"], found["words"] + found["end"]
        # A dot at the very end may be that of 7.30, of which more is to come.
        if not is_whole and found.end() == len(text):
            begun = _beginning(sentence, is_first=not (said or answered))
            return before + begun if begun else ""
        if not _is_unfit_after(said[-_BEFORE:], sentence):
            said.append(sentence)
            return found.group()
        is_answer, answered = not answered, True
        return before + INSTEAD if is_answer else ""

    return _SENTENCE.sub(judge, text)


def _is_unfit_after(said: list[str], sentence: str) -> bool:
    """By itself, or with the last or all of what was said before it."""
    rows = (tuple(said[start:]) for start in range(len(said)))
    return is_unfit(sentence) or any(is_unfit_together((*row, sentence)) for row in rows)


def _beginning(sentence: str, *, is_first: bool) -> str:
    """What may be shown of a sentence that still grows: no word that is not whole, but for the
    first of all."""
    words = [word.end() for word in _WORD.finditer(sentence)]
    whole = [end for end in words if end < len(sentence)]
    while whole and is_doubtful(sentence[: whole[-1]]):
        whole.pop()
    if len(whole) > _BEHIND:
        return sentence[: whole[-_BEHIND - 1]]
    first = sentence[: words[0]] if is_first and words else ""
    return "" if is_doubtful(first) else first


def cited_in(text: str, citations: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of what was found for an answer, that to which its text refers."""
    numbers = {int(number) for number in re.findall(r"\[(\d+)\]", text)}
    return [citation for citation in citations if citation["number"] in numbers]
