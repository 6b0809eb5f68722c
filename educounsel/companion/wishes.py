"""What a student says plainly enough to be offered at once, without a model."""

import re

_MEET = (
    r"(?:ketemu\w*|(?:di)?temu\w*|bertemu|jumpa|ngobrol|bicara|ngomong|curhat|cerita|konsul\w*"
    r"|konseling)"
)
_WHO = r"(?:guru ?bk|bk|konselor|guru bimbingan)"
_WISH = re.compile(
    rf"\b{_MEET}\b(?:\W+\w+){{0,4}}?\W+{_WHO}\b"
    rf"|\b{_WHO}\b(?:\W+\w+){{0,2}}?\W+{_MEET}\b"
    r"|\b(?:bikin|buat|atur|minta|mau) (?:janji|janjian|jadwal)\b"
    rf"|\bjanjian\b(?:\W+\w+){{0,3}}?\W+{_WHO}\b",
    re.IGNORECASE,
)
# "aku ga mau ketemu guru bk", "takut cerita ke bk": a button would not listen.
_UNWILLING = re.compile(
    r"\b(?:ga|gak|gk|nggak|ngga|enggak|tidak|tak|jangan|malas|males|takut|ogah|habis|abis|sudah|udah|"
    r"udh|tadi|kemarin|kmrn)\b",
    re.IGNORECASE,
)


def wants_to_meet(text: str) -> bool:
    """Whether the words ask for a meeting with a Guru BK."""
    found = _WISH.search(text)
    return found is not None and not _UNWILLING.search(text[: found.end()])
