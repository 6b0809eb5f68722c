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

SHOWN = 3


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
        find = _finder(_rows(corpus, "id", "text"))
        asked = [_ask(find, row) for row in _rows(questions, "question")]
        if options["json"]:
            self.stdout.write(json.dumps(figures(asked)))
        else:
            self._print_report(asked)

    def _print_report(self, asked: list[Asked]) -> None:
        for name, value in figures(asked).items():
            self.stdout.write(f"{name:28} {value}")
        for one in asked:
            if one.found[:1] != [one.expected][: one.expected is not None]:
                self.stdout.write(f"  {one.question}: {one.expected}, found {one.found}")


def _rows(file: Path, *needed: str) -> list[dict[str, Any]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [_row(line, f"{file.name}:{n}", needed) for n, line in enumerate(lines, 1) if line]


def _row(line: str, place: str, needed: tuple[str, ...]) -> dict[str, Any]:
    try:
        row: dict[str, Any] = json.loads(line)
        if all(name in row for name in needed):
            return row
    except (ValueError, TypeError):
        pass
    raise CommandError(f"{place} is not a JSON object with {' and '.join(needed)}.")


def _finder(corpus: list[dict[str, Any]]) -> Callable[[str], list[str]]:
    index = Index()
    ids = {index.add(row.get("title", ""), row["text"]): str(row["id"]) for row in corpus}
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
