import pytest

from educounsel.materi.words import (
    ELSEWHERE,
    EMPTY,
    MEANINGS,
    SLANG,
    meanings_in,
    telling,
    words_in,
)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Gmn biar GA deg2an bangeeet di uts?", ["deg", "degan", "ujian"]),
        ("mempertahankan dipertahankan bertahan", ["tahan"]),
        ("menulis penulisnya nulis ditulisin", ["tulis"]),
        ("ngerjain mengerjakan", ["kerja"]),
        ("temenku tmn2 teman-temannya", ["teman"]),
        ("makan teman", ["makan", "teman"]),
        ("raporku hpku bestieku", ["rapor", "ponsel", "sahabat"]),
        ("namamu media", ["nama", "media"]),
        ("sekarang caranya", []),
        ("kecandan ujain jurusn", ["candu", "ujian", "jurusan"]),
        ("nenekku menghargai pengurus", ["nenek", "hormat", "pengurus"]),
    ],
)
def test_words_are_brought_to_their_roots(typed: str, words: list[str]) -> None:
    assert telling(words_in(typed)) == words


@pytest.mark.parametrize(
    ("typed", "meaning"),
    [
        ("grogi bgt", "cemas"),
        ("ga bisa tidur", "tidur"),
        ("dighosting doi", "hilang kabar"),
        ("ngerasa ga pede", "rendah diri"),
        ("mikir yg jelek2 trs", "pikiran putar"),
    ],
)
def test_what_students_say_has_the_meaning_of_what_materi_say(typed: str, meaning: str) -> None:
    assert meaning in [meaning for _, meaning, _ in meanings_in(words_in(typed))]


def test_nothing_typed_stands_for_itself() -> None:
    assert [typed for typed, word in SLANG.items() if typed == word] == []


def test_what_is_asked_elsewhere_is_nothing_that_guidance_speaks_of() -> None:
    assert [word for word in ELSEWHERE if words_in(word) != [word]] == []
    assert [word for word in ELSEWHERE if word in EMPTY or (word,) in MEANINGS] == []
