"""A model's sentence as a reader reads it: no markup, no hidden signs, no borrowed letters."""

import re
import unicodedata
from html import unescape

# Also one whose end is still to come.
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^)\n]*\)?")
_TAG = re.compile(r"</?[a-zA-Z!][^<>\n]*(?:>|\Z)")
_ADDRESS = re.compile(r"\s?<?\b(?:https?://|www\.|javascript:|data:\w+/)[^\s)>]*>?")
_CITED = re.compile(r"\d+")
# It holds pictures of several signs together: a family, a flag.
_JOINER = "\u200d"
_MARKUP = re.compile(r"[*_~`\\]+")
# Letters of other scripts that look like ours.
_LOOKS_LIKE = str.maketrans("аеорсухікмнтвјѕԁһԛԝαορικυντєɑɡıⅼ", "aeopcyxikmhtbjsdhqwaopikuvteagil")
_LEET = str.maketrans("013457@$", "oieastas")
_DIGIT_INSIDE = re.compile(r"(?<=[a-z])[013457@$]+(?=[a-z])")
_APART = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .\-/|·]{1,2}){3,}[^\W\d_](?![^\W_])")
_BETWEEN = re.compile(r"[\W_]+")
# So many letters set apart are no acronym: they are there to be overlooked.
_FEW_APART = 6
# base64 and its like: a row of signs too long for a word, or with capitals in its middle.
_CODED = re.compile(
    r"[A-Za-z0-9+/]{30,}={0,2}|\b(?=\w*[a-z]\w*[A-Z]\w*[a-z]\w*[A-Z])[A-Za-z0-9+/]{10,}={0,2}"
)
# In no sentence of a few words does every one of these fail, in any language spoken here.
_EVERYDAY = re.compile(
    r"\b(?:\w+(?:mu|nya|kan|lah)|aku|kamu|yang|dan|di|ke|dari|ini|itu|untuk|buat|dengan|sama|kalau|bisa|tidak|nggak"
    r"|gak|ga|jangan|saja|aja|ya|yuk|ada|apa|atau|akan|sudah|lebih|kita|jadi|dulu|coba|bukan|pada|juga|karena"
    r"|gue|lo|lu|kowe|sampeyan|ora|sing|karo|wae|teu|anjeun|ka|nu|urang|naon"
    r"|biar|sampai|lalu|supaya|pakai|sekarang|semua|satu|the|you|your|and|to|is|are|it|of|that|for|with|not|can|do|what|i|i'm|my|if)\b"
)
_WORD = re.compile(r"[^\W\d_]+")
_MANY_WORDS = 8
_MOSTLY = 0.7


def words_only(text: str) -> str:
    """Without what a model has no business to write: links, pictures, tags, hidden signs."""
    visible = "".join(sign for sign in text if not _is_hidden(sign))
    return _ADDRESS.sub("", _LINK.sub(_words_of, _TAG.sub("", visible)))


def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign) == "Cf" and sign != _JOINER


def _words_of(link: re.Match[str]) -> str:
    return f"[{link[1]}]" if _CITED.fullmatch(link[1]) else link[1]


def plain(sentence: str) -> str:
    """In small letters, for those who judge it."""
    words = _MARKUP.sub("", words_only(unescape(sentence)))
    bare = _without_accents(words).lower().translate(_LOOKS_LIKE)
    joined = _APART.sub(lambda apart: _BETWEEN.sub("", apart.group()), bare)
    return _DIGIT_INSIDE.sub(lambda digits: digits.group().translate(_LEET), joined)


def _without_accents(words: str) -> str:
    """Indonesian is written without them."""
    taken_apart = unicodedata.normalize("NFKD", words).replace(_JOINER, "")
    return "".join(sign for sign in taken_apart if unicodedata.category(sign) != "Mn")


def is_readable(sentence: str) -> bool:
    """False of what nobody here could judge: other scripts, codes, unknown tongues."""
    words = plain(sentence)
    apart = _APART.findall(_without_accents(_MARKUP.sub("", words_only(sentence))))
    too_much_apart = any(len(_BETWEEN.sub("", run)) >= _FEW_APART for run in apart)
    return not (too_much_apart or _CODED.search(sentence)) and _is_ours(words)


def _is_ours(words: str) -> bool:
    letters = [sign for sign in words if sign.isalpha()]
    latin = sum(sign.isascii() for sign in letters)
    if latin < _MOSTLY * len(letters):
        return False
    return len(_WORD.findall(words)) < _MANY_WORDS or bool(_EVERYDAY.search(words))
