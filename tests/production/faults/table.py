"""docs/faults.md, written by a run of all faults."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = Path(__file__).parents[3] / "docs/faults.md"
HEAD = """\
# What was broken, and what happened

Written by a run of tests/production/faults/ (`make test-production`): real servers on one machine,
two web processes behind the edge and two workers (deploy/rehearsal/). Times are rounded up, so that
two runs differ little; they say how long a person waited on a busy machine of two cores.

| broken | promised | seen |
|---|---|---|
"""
STEPS = (1, 2, 3, 5, 10, 15, 20, 30, 60)


class Table:
    def __init__(self, session: pytest.Session) -> None:
        self._session = session
        self._lines: dict[str, str] = {}

    def add(self, test: pytest.Item, broken: str, promised: str, seen: str) -> None:
        self._lines[test.nodeid] = f"| {broken} | {promised} | {seen} |\n"

    def write_if_whole(self) -> None:
        if self._is_whole():
            PAGE.write_text(HEAD + "".join(self._lines.values()))

    def _is_whole(self) -> bool:
        ours = [test for test in self._session.items if test.path.is_relative_to(HERE)]
        files = {test.path for test in ours}
        told = {test.nodeid for test in ours} == self._lines.keys()
        return told and files == set(HERE.glob("test_*.py")) and not self._session.testsfailed


def is_as_before(before: float, meanwhile: float) -> bool:
    """Twice as long at most, or what nobody feels: of seconds that few pages took, two runs on a
    busy machine differ by more. A page that waits for what is broken takes seconds."""
    return meanwhile < max(2 * before, 0.3)


def at_most(seconds: float) -> str:
    return next((f"{step} s" for step in STEPS if seconds <= step), "more than a minute")


def times(ratio: float) -> str:
    return next((f"at most {most} times that" for most in (1.5, 2, 3, 5) if ratio <= most), "more")
