import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean, median, quantiles
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from educounsel.materi.ranking import Index

type Rows = list[dict[str, Any]]

SHOWN = 3
NOTHING = "nothing"


@dataclass(frozen=True)
class Asked:
    question: str
    expected: str | None  # the passage that answers; None when none does
    found: list[str]
    milliseconds: float


class Command(BaseCommand):
    help = "Measures on two JSONL files how well questions find the passages that answer them."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("corpus", type=Path, help='one {"id", "title", "text"} a line')
        parser.add_argument(
            "questions", type=Path, help='one {"question", "passage_id"} a line; null: no answer'
        )
        parser.add_argument("--json", action="store_true", help="the figures for a program")

    def handle(self, *, corpus: Path, questions: Path, **options: Any) -> None:
        texts = _rows(corpus, "id", "text")
        rows = _rows(questions, "question")
        self._warn_of_strangers(texts, rows)
        find = _finder(texts)
        asked = [_ask(find, row) for row in rows]
        if options["json"]:
            self.stdout.write(json.dumps(figures(asked)))
        else:
            self._print_report(asked)

    def _warn_of_strangers(self, texts: Rows, questions: Rows) -> None:
        """Files that do not belong together would pass for a bad search."""
        known = {str(row["id"]) for row in texts}
        asked = {str(row["passage_id"]) for row in questions if row.get("passage_id") is not None}
        if unknown := sorted(asked - known):
            self.stderr.write(f"No text of the corpus has the passage_id {', '.join(unknown)}.")

    def _print_report(self, asked: list[Asked]) -> None:
        for name, value in figures(asked).items():
            self.stdout.write(f"{name:28} {value}")
        for one in asked:
            if one.found[:1] != [one.expected][: one.expected is not None]:
                expected, found = one.expected or NOTHING, ", ".join(one.found) or NOTHING
                self.stdout.write(f"  {one.question}: {expected}, found {found}")


def _rows(file: Path, *needed: str) -> Rows:
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is not UTF-8.") from error
    rows = [
        _row(line, f"{file.name}:{n}", needed) for n, line in enumerate(lines, 1) if line.strip()
    ]
    if not rows:
        raise CommandError(f"{file} is empty.")
    return rows


def _row(line: str, place: str, needed: tuple[str, ...]) -> dict[str, Any]:
    try:
        row: dict[str, Any] = json.loads(line)
    except (ValueError, RecursionError):
        row = {}
    if not isinstance(row, dict) or any(not _is_fit(name, row.get(name)) for name in needed):
        raise CommandError(f"{place} is not a JSON object with {' and '.join(needed)}.")
    return row


def _is_fit(name: str, value: object) -> bool:
    """An id may be a number; whatever is read is text."""
    return isinstance(value, str | int if name == "id" else str)


def _finder(corpus: Rows) -> Callable[[str], list[str]]:
    index = Index()
    ids = {index.add(str(row.get("title") or ""), row["text"]): str(row["id"]) for row in corpus}
    return lambda question: [ids[number] for _, number in islice(index.best(question, ids), SHOWN)]


def _ask(find: Callable[[str], list[str]], row: dict[str, Any]) -> Asked:
    expected = row.get("passage_id")
    started = time.perf_counter()
    found = find(row["question"])
    spent = (time.perf_counter() - started) * 1000
    return Asked(row["question"], None if expected is None else str(expected), found, spent)


def figures(asked: list[Asked]) -> dict[str, float | int]:
    answerable = [one for one in asked if one.expected is not None]
    others = [one for one in asked if one.expected is None]
    times = [one.milliseconds for one in asked]
    return {
        "recall_at_1": _share(one.expected in one.found[:1] for one in answerable),
        "recall_at_3": _share(one.expected in one.found for one in answerable),
        "abstained_when_nothing_fits": _share(not one.found for one in others),
        "abstained_although_one_fits": _share(not one.found for one in answerable),
        "ms_median": round(median(times or [0.0]), 3),
        "ms_p95": round(quantiles(times, n=20)[-1] if len(times) > 1 else sum(times), 3),
        "answerable": len(answerable),
        "unanswerable": len(others),
    }


def _share(facts: Any) -> float:
    return round(fmean(map(float, list(facts) or [0])), 4)
