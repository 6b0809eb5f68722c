"""The model's own words, checked before a student sees them.

A pure function of what came so far, asked at every step: what a sentence holds is judged while it
grows, so what makes it unfit never stands on the screen, and nothing waits for its full stop.
"""

import re
from collections.abc import Collection

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

_REFUSES = re.compile(r"\b(tidak|nggak|enggak|gak|bukan|tak|jangan|belum)\b", re.IGNORECASE)


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_NEVER = _any_of(
    # methods
    r"\b(meng)?gantung diri\b",
    r"\b(silet|cutter|sayat\w*|menyayat|iris)\b.{0,40}\b(nadi|pergelangan|tangan|lengan|paha)",
    r"\boverdosis\b|\b(minum|telan|menelan|campur\w*)\b.{0,30}\b(racun|baygon|pestisida|pembersih)",
    r"\b(lompat|loncat|terjun)\b.{0,20}\b(gedung|jembatan|lantai|atap|ketinggian)",
    r"\bcara\b.{0,30}\b(mati|bunuh diri|mengakhiri hidup|melukai)\b",
    r"\b(merakit|meracik|membuat)\b.{0,20}\b(bom|senjata|peledak|sabu)",
    # medicine
    r"\b(para[cs]etamol|ibuprofen|sertralin|fluo(xetin|ksetin)|alprazolam|xanax|diazepam|tramadol)",
    r"\b(obat tidur|obat penenang|antidepresan|melatonin|amitriptilin)",
    r"\b\d+([.,]\d+)?\s?(mg|miligram|tablet|kapsul|pil)\b",
    # secrecy and dependence
    r"\b(tidak|nggak|gak|ga|tak) akan (bilang|cerita|memberi ?tahu|kasih tahu|lapor|melapor)",
    r"\brahasia (kita|kita berdua|kamu aman|ini aman)\b",
    r"\b(cuma|hanya) aku yang (ngerti|mengerti|paham|peduli)",
    r"\bkamu (cuma|hanya) butuh aku\b",
    r"\bjangan (cerita|bilang|kasih tahu).{0,25}\b(siapa|orang tua|ortu|guru|mama|papa|ibu|ayah)",
)
# Harmless where the sentence says that it is not so, or will not do so.
_UNLESS_REFUSED = _any_of(
    # diagnosis
    r"\b(kamu|anda)\b.{0,25}\b(mengalami|menderita|mengidap|punya|kena|terkena|adalah)\b.{0,20}"
    r"\b(depresi|bipolar|gangguan|skizofreni\w*|adhd|ptsd|ocd|borderline|anoreksia|bulimia)",
    r"\b(kamu|anda) (sepertinya |mungkin |pasti |jelas |itu )*(depresi|bipolar|skizofrenia)\b",
    # romance
    r"\b(aku|saya)\b.{0,12}\b(cinta|sayang|naksir|jatuh hati)\b.{0,20}\bkamu\b",
    r"\b(jadi|menjadi) (pacar|kekasih)\w*|\b(pacarmu|kekasihmu|cintaku|sayangku)\b|\bi love you\b",
    # secrecy
    r"\b(janji|pasti|akan)\b.{0,20}\b(jaga|simpan|menjaga|menyimpan|merahasiakan)",
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
        if not _is_unfit(found.group()):
            return found.group()
        first, said = not said, True
        return found.group(1) + INSTEAD if first else ""

    return _SENTENCE.sub(judge, text)


def _is_unfit(sentence: str) -> bool:
    if _NEVER.search(sentence):
        return True
    return bool(_UNLESS_REFUSED.search(sentence) and not _REFUSES.search(sentence))


def _cite_only(numbers: Collection[int], text: str) -> str:
    def keep(found: re.Match[str]) -> str:
        cited = [int(number) for number in found.group(1).split(",")]
        return "".join(f" [{number}]" for number in cited if number in numbers)

    return _CITATION.sub(keep, text)


def cited_in(text: str) -> set[int]:
    return {int(number) for number in re.findall(r"\[(\d+)\]", text)}
