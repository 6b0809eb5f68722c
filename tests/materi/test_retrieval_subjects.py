from math import isclose

from educounsel.materi.subjects import nearness, parts_of, subject_of
from educounsel.materi.words import telling, words_in


def near(question: str, text: str) -> float:
    asked, said = (subject_of(telling(words_in(one))) for one in (question, text))
    return nearness(parts_of(asked), said)


def test_a_text_is_near_what_asks_for_it_in_other_words() -> None:
    question = "suaraku jadi berat trs tumbuh kumis"
    puberty = near(question, "Pada masa pubertas hormon mengubah tubuh.")
    assert puberty > 2 * near(question, "Catat uang saku dan sisihkan untuk ditabung.")


def test_the_same_subject_is_nearest_and_nothing_is_near_to_nothing() -> None:
    assert isclose(near("cemas ujian", "cemas ujian"), 1.0, rel_tol=1e-5)
    assert near("xylofon", "cemas ujian") == near("", "") == 0.0
