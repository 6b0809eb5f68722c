import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

SETS = Path(__file__).with_name("retrieval")


def figures(corpus: Path, questions: Path) -> dict[str, float]:
    out = StringIO()
    call_command("evaluate_retrieval", corpus, questions, json=True, stdout=out)
    return json.loads(out.getvalue())  # type: ignore[no-any-return]


# What was reached, less about two questions: what a change of one word may cost elsewhere.
FLOORS = [
    ("first_corpus", "first_tuning", 0.90, 0.95, 0.80),
    ("first_corpus", "first_held_out", 0.90, 0.95, 0.90),
    ("second_corpus", "second_questions", 0.90, 0.95, 0.90),
    ("third_corpus", "third_questions", 0.90, 0.95, 0.90),
    ("fourth_corpus", "fourth_questions", 0.90, 0.95, 0.90),
    ("fifth_corpus", "fifth_questions", 0.85, 0.95, 0.90),
    ("sixth_corpus", "sixth_questions", 0.90, 0.95, 0.90),
    ("first_corpus", "seventh_questions", 0.82, 0.92, 0.55),
    ("eighth_corpus", "eighth_questions", 0.90, 0.95, 0.60),
    ("ninth_corpus", "ninth_questions", 0.90, 0.95, 0.50),
    ("tenth_corpus", "tenth_questions", 0.80, 0.92, 0.80),
    # The bar, on words that were never learnt.
    ("eleventh_corpus", "eleventh_questions", 0.80, 0.95, 0.75),
    ("twelfth_corpus", "twelfth_questions", 0.80, 0.95, 0.75),
    ("thirteenth_corpus", "thirteenth_questions", 0.80, 0.95, 0.65),
    ("fourteenth_corpus", "fourteenth_questions", 0.80, 0.95, 0.60),
    ("fifteenth_corpus", "fifteenth_questions", 0.80, 0.95, 0.45),
    ("sixteenth_corpus", "sixteenth_questions", 0.80, 0.95, 0.60),
]


@pytest.mark.parametrize(("corpus", "questions", "first", "among_three", "abstained"), FLOORS)
def test_what_students_ask_is_found_and_the_rest_is_not_answered(
    corpus: str, questions: str, first: float, among_three: float, abstained: float
) -> None:
    found = figures(SETS / f"{corpus}.jsonl", SETS / f"{questions}.jsonl")
    assert found["recall_at_1"] >= first
    assert found["recall_at_3"] >= among_three
    assert found["abstained_when_nothing_fits"] >= abstained


def test_figures_say_what_was_found(tmp_path: Path) -> None:
    corpus, questions = tmp_path / "corpus.jsonl", tmp_path / "questions.jsonl"
    corpus.write_text(
        '{"id": 1, "title": "Komet", "text": "Ekor komet."}\n'
        '{"id": 2, "title": "Taman", "text": "Rumput dan kolam."}\n'
    )
    questions.write_text(
        '{"question": "komet", "passage_id": 1}\n'
        '{"question": "rumput", "passage_id": 1}\n'
        '{"question": "xylofon", "passage_id": 2}\n'
        '{"question": "xylofon"}\n'
        '{"question": "kolam", "passage_id": null}\n'
    )
    found = figures(corpus, questions)
    assert found.pop("ms_median") > 0
    assert found.pop("ms_p95") > 0
    assert found == {
        "recall_at_1": 0.3333,
        "recall_at_3": 0.3333,
        "abstained_when_nothing_fits": 0.5,
        "abstained_although_one_fits": 0.3333,
        "answerable": 3,
        "unanswerable": 2,
    }


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"passage_id": 1}', "3", '{"question": 3}', '{"question": null}', "[" * 9999],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str) -> None:
    corpus, questions = tmp_path / "corpus.jsonl", tmp_path / "questions.jsonl"
    corpus.write_text('{"id": 1, "title": "Komet", "text": "Ekor komet."}\n')
    questions.write_text(f'{{"question": "komet"}}\n{line}\n')
    with pytest.raises(CommandError, match=r"questions\.jsonl:2"):
        figures(corpus, questions)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\xff\xfe{}", "is not UTF-8"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    corpus = tmp_path / "corpus.jsonl"
    if content is not None:
        corpus.write_bytes(content)
    with pytest.raises(CommandError, match=rf"corpus\.jsonl {sentence}"):
        figures(corpus, SETS / "first_tuning.jsonl")


def test_files_as_other_programs_write_them_are_read(tmp_path: Path) -> None:
    corpus, questions = tmp_path / "corpus.jsonl", tmp_path / "questions.jsonl"
    corpus.write_bytes(
        b'\xef\xbb\xbf{"id": "1", "title": null, "text": "Ekor\xe2\x80\xa8komet."}\r\n'
    )
    questions.write_bytes(b'{"question": "komet", "passage_id": 1}')
    assert figures(corpus, questions)["recall_at_1"] == 1.0


def test_the_report_names_what_was_not_found_and_what_should_not_have_been(tmp_path: Path) -> None:
    corpus, questions = tmp_path / "corpus.jsonl", tmp_path / "questions.jsonl"
    corpus.write_text('{"id": 1, "text": "Ekor komet."}\n')
    questions.write_text(
        '{"question": "komet", "passage_id": null}\n{"question": "xylofon", "passage_id": 9}\n'
    )
    out, complaints = StringIO(), StringIO()
    call_command("evaluate_retrieval", corpus, questions, stdout=out, stderr=complaints)
    assert "  komet: nothing, found 1\n  xylofon: 9, found nothing\n" in out.getvalue()
    assert "abstained_when_nothing_fits  0.0" in out.getvalue()
    assert complaints.getvalue() == "No text of the corpus has the passage_id 9.\n"
