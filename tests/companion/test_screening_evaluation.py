"""What `manage.py evaluate_screening` says of a file of messages and their labels."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

CASES = Path(__file__).parent / "screening_cases.jsonl"
SENTENCES = [json.loads(line) for line in CASES.read_text().splitlines()]


def evaluated(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("evaluate_screening", path, *options, stdout=out)
    return out.getvalue()


def test_the_figures_are_those_of_the_definition(tmp_path: Path) -> None:
    rows = [("aku pengen mati", "crisis"), ("besok libur", "crisis"), ("besok libur", "none")]
    path = tmp_path / "set.jsonl"
    path.write_text("\n".join(json.dumps({"text": t, "label": label}) for t, label in rows))
    figures: dict[str, Any] = json.loads(evaluated(path, "--json"))
    assert figures["crisis_recall"] == 0.5
    assert figures["crisis_precision"] == 1.0
    assert figures["crisis_called_none"] == 0.5
    assert figures["none_called_any"] == 0.0
    assert figures["confusion"]["crisis"] == {"none": 1, "concern": 0, "crisis": 1}
    assert "crisis called none (-): besok libur" in evaluated(path)


def test_predictions_are_one_line_a_message() -> None:
    lines = [json.loads(line) for line in evaluated(CASES, "--predict").splitlines()]
    assert [line["text"] for line in lines] == [case["text"] for case in SENTENCES]


def test_only_text_and_label_are_needed_and_an_empty_line_is_no_message(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes(
        b'\xef\xbb\xbf{"text": "besok libur", "label": "none"}\r\n\r\n'
        b'  \n{"text": "aku pengen mati", "label": "crisis"}'
    )
    assert json.loads(evaluated(path, "--json"))["messages"] == 2
    labels = [json.loads(line)["label"] for line in evaluated(path, "--predict").splitlines()]
    assert labels == ["none", "crisis"]


def test_the_report_shows_what_was_called_what(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text('{"text": "besok libur", "label": "none"}')
    lines = [line.split() for line in evaluated(path).splitlines()]
    assert ["none", "concern", "crisis"] in lines
    assert ["none", "1", "0", "0"] in lines


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('{"text": "a"', "Line 2 is not JSON"),
        ("[1]", 'Line 2 is not an object with a "text"'),
        ('{"text": 1}', 'Line 2 is not an object with a "text"'),
        ('{"label": "none"}', 'Line 2 is not an object with a "text"'),
        ('{"text": "a", "label": "apa"}', "Line 2: the label is 'apa', not one of none, concern"),
        ('{"text": "a", "label": ["none"]}', "Line 2: the label is"),
    ],
)
def test_a_line_that_cannot_be_judged_is_named(tmp_path: Path, line: str, sentence: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": "a", "label": "none"}\n' + line)
    with pytest.raises(CommandError) as refused:
        evaluated(path)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.jsonl"
    if content:
        path.write_bytes(content)
    with pytest.raises(CommandError, match="cannot be read as UTF-8"):
        evaluated(path)


def test_an_empty_file_has_figures(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.touch()
    assert json.loads(evaluated(path, "--json"))["messages"] == 0
