"""Production on one machine, whole: two web processes behind the edge, two workers, every part."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.rehearsal.machine import Machine


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
