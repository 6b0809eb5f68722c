"""One spelling for what students write in a hundred: "gw pgn m4t111" becomes "aku mau mati".

The result is lower-case words with one space between them, and "|" where a sentence ends.
"""

import re
import unicodedata
from functools import cache, lru_cache

from educounsel.companion.screening.book import spellings

_INVISIBLE = re.compile("[\u00ad\u034f\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_LEET = str.maketrans("013457@$", "oieastas")
# Telephone numbers, links and e-mail: read as letters they would say anything.
_ADDRESS = re.compile(
    r"https?://\S+"
    r"|(?<![\w.+-])[\w.+-]++@[\w.-]+\.(?:com|id|net|org|co|example)\b"
    r"|\+?\d[\d .()-]{5,}\d"
)
_LAUGH = re.compile("[😂🤣😆😹]+")
_WORD = re.compile(r"[^\W_]+(?:[*@$!'\u2019][^\W_]+)*|[.!?;\n]+")
# Letters set apart, "b u n u h", "m.a.t.i" or "b u n d 1 r"; three at least, with a letter before
# every digit, so that "a b" and "1 2 3" stay lists.
_LETTER = r"[^\W\d_][ .\-_*/]{1,2}"
_SPELLED = re.compile(
    rf"(?<![^\W_])(?:{_LETTER}(?:[013457@$][ .\-_*/]{{1,2}})?){{2,}}[^\W\d_](?![^\W_])"
)
_HIDDEN_IN_SPELLED = re.compile(
    r"(bunuh|diri|mati|pengen|mau|aku|hidup|bundir|suicide|gantung|tolong|silet|die|kill|myself)"
)
_MARKED_OUT = re.compile(r"(?<=\w)[*#](?=\w)")
_THREE = re.compile(r"([^\W\d])\1{2,}")
_TWO = re.compile(r"([^\W\d])\1+")
_POSSESSIVE = re.compile(r"(?<=\w{2})(?:ku|mu|nya|ny)$")
# No word of any language here is longer: what is, is keys held down.
_LONGEST_WORD = 60
# Said over and over, it says no more than once: "panjang sekali panjang sekali panjang sekali".
_OVER_AND_OVER = re.compile(r"(?<!\S)(\S+(?: \S+){0,3}?)(?: \1){2,}(?!\S)")
_TWICE = re.compile(r"(?<=[^\W\d]{2})2(?=$|an$|nya$|in$|ku$|kan$)")


def normalise(text: str) -> str:
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower()
    plain = _LAUGH.sub(" wkwk ", _ADDRESS.sub(" ", plain))
    joined = _SPELLED.sub(_join_letters, plain)
    words = " ".join(_one_spelling(word) for word in _WORD.findall(_hyphens(joined)))
    return _OVER_AND_OVER.sub(r"\1", _apply_phrases(words))


def _join_letters(spelled: re.Match[str]) -> str:
    letters = re.sub(r"[^\w]|_", "", spelled.group().translate(_LEET))
    return _HIDDEN_IN_SPELLED.sub(r" \1 ", letters)


def _hyphens(text: str) -> str:
    """ "nge-cut" is one word, "teman-teman" one word said twice."""
    text = re.sub(r"\b(\w{2,})-\1", r"\1", text)
    return re.sub(r"(?<=\bnge)[- ](?=\w)|(?<=\bdi)-(?=\w)|(?<=\w)-(?=(?:nya|ku|mu)\b)", "", text)


@lru_cache(maxsize=20_000)
def _one_spelling(word: str) -> str:
    if not word[0].isalnum():
        return "|"
    if word.isdecimal():
        return word[:_LONGEST_WORD]
    word = _TWICE.sub("", word[:_LONGEST_WORD])
    word = _THREE.sub(r"\1", _reading_digits_as_letters(word))
    single = _TWO.sub(r"\1", word)
    return _meaning(word) or _meaning(single) or (single if word[-2:] == single[-1] * 2 else word)


def _meaning(word: str) -> str | None:
    """The word itself, or its stem before "-ku", "-mu", "-nya"."""
    known = spellings()
    stem = _POSSESSIVE.sub("", word)
    return known.get(word) or (known[stem] + word[len(stem) :] if stem in known else None)


def _reading_digits_as_letters(word: str) -> str:
    if word.isalpha():
        return word
    bare = re.sub("['\u2019]", "", word)
    # "b*nuh": the marked-out vowel comes back where only one word can be meant.
    hidden = _MARKED_OUT.sub("u", bare)
    return re.sub("[!*]", "i", hidden.translate(_LEET))


@cache
def _phrases() -> re.Pattern[str]:
    said = sorted((words for words in spellings() if " " in words), key=len, reverse=True)
    return re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, said))})(?!\S)")


def _apply_phrases(words: str) -> str:
    return _phrases().sub(lambda found: spellings()[found.group()], words)
