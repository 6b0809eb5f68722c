"""Production on one machine, whole: two web processes behind the edge, two workers, every part."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.rehearsal.application import Web
from deploy.rehearsal.machine import Machine
from deploy.rehearsal.service import free_port, start_together


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    """With a demo school. What a test breaks it mends again, or the next ones break too."""
    folder = Path(tempfile.mkdtemp(prefix="educounsel-"))
    machine = Machine(folder)
    try:
        machine.start()
        machine.manage("seed_demo")
        yield machine
    finally:
        machine.stop()
        shutil.rmtree(folder)


@pytest.fixture
def next_release(machine: Machine, tmp_path: Path) -> Iterator[list[Web]]:
    """Two processes to come, not started yet. Those of before run again in the end."""
    webs = [Web(tmp_path / f"next-{n}", free_port(), machine.settings) for n in range(2)]
    yield webs
    for web in webs:
        if web.is_running():
            web.stop()
    start_together(web for web in machine.webs if not web.is_running())
