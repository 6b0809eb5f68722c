"""One word for those that say the same, and endings apart: "mamamu" is "ibu" and "-mu"."""

import re
from functools import lru_cache

_SAME = {
    "tidak": "nggak enggak engga ngga gak ga gk kagak tak ndak",
    "saja": "aja doang wae",
    "aku": "gue gua saya gw",
    "kamu": "lo lu elu kau anda",
    "sudah": "udah dah udh",
    "sama": "ama",
    "seperti": "kayak kaya",
    "ingin": "pengen pengin pingin mau",
    "hanya": "cuma cuman",
    "kalau": "kalo bila jika saat",
    "ayah": "papa bapak bokap",
    "ibu": "mama bunda nyokap",
    "ortu": "orangtua",
    "banget": "sekali bgt",
    "beri": "kasih berikan",
    "bilang": "ngomong cerita ceritakan",
    "teman": "temen",
    "bikin": "buat",
    "memang": "emang",
    "tapi": "tetapi namun",
    "begitu": "gitu",
}
_MEANING = {word: meaning for meaning, words in _SAME.items() for word in words.split()}
_ENDING = re.compile(r"(?<=\w{3})(?:ku|mu|nya|lah)$")
# They only look as if they had an ending.
_LIKE_ENDED = (
    "ilmu tamu bertemu ketemu punya hanya buku perilaku laku jamu telah setelah salah masalah"
    " sekolah kuliah lelah jumlah"
)
_WHOLE = frozenset(_LIKE_ENDED.split())


@lru_cache(maxsize=20_000)
def stems(word: str) -> tuple[str, ...]:
    word = _MEANING.get(word, word)
    ending = _ENDING.search(word)
    if ending is None or word in _WHOLE:
        return (word,)
    root = word[: ending.start()]
    return (_MEANING.get(root, root), f"-{ending.group()}")
