from educounsel.materi.ranking import Index

TEXTS = [
    ("Komet", "Ekor komet menjauh dari matahari."),
    ("Ujian", "Cemas menjelang ujian itu wajar."),
    ("Taman", "Rumput, kolam, dan bangku taman."),
]


def found(index: Index, question: str) -> list[tuple[float, int]]:
    return list(index.best(question, range(10)))


def test_what_comes_and_goes_leaves_no_trace() -> None:
    index, untouched = Index(), Index()
    for title, text in TEXTS:
        index.add(title, text)
        untouched.add(title, text)
    gone = index.add("Ujian komet", "Ujian di taman, dengan teropong.")
    assert found(index, "ujian komet")[0][1] == gone
    index.remove(gone, "Ujian komet", "Ujian di taman, dengan teropong.")
    for question in ("komet", "grogi mau uts", "tamn", "teropong", "teropongg"):
        assert found(index, question) == found(untouched, question)


def test_a_text_is_found_by_a_word_by_its_meaning_and_by_a_slip() -> None:
    index = Index()
    for title, text in TEXTS:
        index.add(title, text)
    for question, number in (("rumput", 2), ("grogi bgt", 1), ("rumpt", 2)):
        assert [n for _, n in found(index, question)] == [number]


def test_only_what_is_among_the_allowed_is_found() -> None:
    index = Index()
    numbers = [index.add("Komet", "Ekor komet.") for _ in range(3)]
    assert [number for _, number in index.best("komet", numbers[1:])] == numbers[1:]


def test_an_empty_index_answers_nothing() -> None:
    assert found(Index(), "komet") == []
