import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from educounsel.companion.screening import VERSION, Verdict, screen

LEVELS = ("none", "concern", "crisis")


@dataclass(frozen=True)
class Judged:
    text: str
    label: str
    verdict: Verdict
    milliseconds: float


class Command(BaseCommand):
    help = "Measures the screening on a JSONL file of messages and their labels."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help='one {"text", "label"} a line')
        parser.add_argument("--json", action="store_true", help="the figures for a program")
        parser.add_argument("--predict", action="store_true", help="one JSON line a message")

    def handle(self, *, file: Path, **options: Any) -> None:
        judged = list(_judge(file))
        if options["predict"]:
            self._print_predictions(judged)
        elif options["json"]:
            self.stdout.write(json.dumps(figures(judged)))
        else:
            self._print_report(judged)

    def _print_predictions(self, judged: list[Judged]) -> None:
        for one in judged:
            said = {"text": one.text, "label": one.verdict.level, "rule": one.verdict.rule}
            line = said | {"category": one.verdict.category, "danger_to": one.verdict.danger_to}
            self.stdout.write(json.dumps(line, ensure_ascii=False))

    def _print_report(self, judged: list[Judged]) -> None:
        found = figures(judged)
        confusion: dict[str, dict[str, int]] = found.pop("confusion")
        for name, value in found.items():
            self.stdout.write(f"{name:28} {value}")
        self.stdout.write("".join(f"{head:>10}" for head in ("", *LEVELS)))
        for label, called in confusion.items():
            self.stdout.write(f"{label:>10}" + "".join(f"{called[level]:>10}" for level in LEVELS))
        for one in sorted(judged, key=_badness, reverse=True):
            if _badness(one):
                said = f"{one.label} called {one.verdict.level} ({one.verdict.rule or '-'})"
                self.stdout.write(f"  {said}: {one.text}")


def _judge(file: Path) -> Iterator[Judged]:
    screen("apa kabar")  # books and weights are read once, before the clock runs
    for row in _rows(file):
        started = time.perf_counter()
        verdict = screen(row["text"], row.get("recent", ()))
        spent = (time.perf_counter() - started) * 1000
        yield Judged(row["text"], row.get("label", "none"), verdict, spent)


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read as UTF-8 text: {error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _row(line, number)


def _row(line: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise CommandError(f"Line {number} is not JSON: {error}") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise CommandError(f'Line {number} is not an object with a "text".')
    if row.get("label", "none") not in LEVELS:
        known = ", ".join(LEVELS)
        raise CommandError(f"Line {number}: the label is {row['label']!r}, not one of {known}.")
    return row


def figures(judged: list[Judged]) -> dict[str, Any]:
    pairs = Counter((one.label, one.verdict.level) for one in judged)
    times = sorted(one.milliseconds for one in judged)
    return {
        "crisis_recall": _share(pairs, {"crisis"}, {"crisis"}),
        "crisis_precision": _share(_turned(pairs), {"crisis"}, {"crisis"}),
        "crisis_called_none": _share(pairs, {"crisis"}, {"none"}),
        "crisis_or_concern_recall": _share(pairs, {"crisis", "concern"}, {"crisis", "concern"}),
        "none_called_crisis": _share(pairs, {"none"}, {"crisis"}),
        "none_called_any": _share(pairs, {"none"}, {"crisis", "concern"}),
        "macro_f1": round(sum(_f1(pairs, level) for level in LEVELS) / len(LEVELS), 4),
        "confusion": {was: {said: pairs[was, said] for said in LEVELS} for was in LEVELS},
        "ms_mean": round(sum(times) / max(len(times), 1), 3),
        "ms_max": round(max(times, default=0.0), 3),
        "messages": len(judged),
        "detector_version": VERSION,
    }


def _share(pairs: Counter[tuple[str, str]], labels: set[str], said: set[str]) -> float:
    """Of the messages with these labels, how many were called one of those."""
    there = sum(count for (label, _), count in pairs.items() if label in labels)
    hits = sum(n for (label, level), n in pairs.items() if label in labels and level in said)
    return round(hits / there, 4) if there else 0.0


def _turned(pairs: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    return Counter({(level, label): count for (label, level), count in pairs.items()})


def _f1(pairs: Counter[tuple[str, str]], level: str) -> float:
    recall = _share(pairs, {level}, {level})
    precision = _share(_turned(pairs), {level}, {level})
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def _badness(one: Judged) -> int:
    """Nought where it is right; a crisis called none is the worst."""
    missed = LEVELS.index(one.label) - LEVELS.index(one.verdict.level)
    return 2 * missed if missed > 0 else -missed
