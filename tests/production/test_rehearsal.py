"""A rehearsal whose terminal is closed ends; after one that was killed another starts."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVERS = {
    "postgres", "redis", "cache", "s3", "web-0", "web-1", "worker-0", "worker-1", "edge",
}  # fmt: skip

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "rehearsal"
    yield folder
    for each in running(folder).values():
        os.killpg(each, signal.SIGKILL)


def rehearse(folder: Path) -> "subprocess.Popen[str]":
    """Returns once it says that all of it runs."""
    words = [sys.executable, "-m", "deploy.rehearsal", str(folder)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    while line := process.stdout.readline():
        if "Ctrl-C" in line:
            return process
    raise AssertionError("it did not start")


def running(folder: Path) -> dict[str, int]:
    marks = {
        mark.parent.name: int(mark.read_text().split()[0]) for mark in folder.glob("*/running")
    }
    return {name: process for name, process in marks.items() if is_alive(process)}


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_closed_terminal_ends_all_and_a_kill_keeps_nobody_from_starting(folder: Path) -> None:
    first = rehearse(folder)
    left = running(folder)
    assert left.keys() == SERVERS
    first.kill()
    first.wait()
    second = rehearse(folder)
    now = running(folder)
    assert now.keys() == SERVERS
    assert [name for name, process in left.items() if is_alive(process)] == []
    second.send_signal(signal.SIGHUP)
    second.send_signal(signal.SIGHUP)
    assert second.wait(120) == 0
    assert running(folder) == {}
