"""What the docs tell somebody to type is there, also at three in the morning."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands
from pyrage.x25519 import Identity

from educounsel import settings

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
RUNBOOK = (ROOT / "docs/runbook.md").read_text()


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_every_command_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", page.read_text()))
    assert named - set(get_commands()) == set()


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_every_target_that_is_named_can_be_made(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z][a-z-]+)", page.read_text(), re.MULTILINE))
    assert named - targets == set()


def test_every_figure_of_the_runbook_is_told() -> None:
    source = "".join(path.read_text() for path in (ROOT / "educounsel").rglob("*.py"))
    named = set(re.findall(r"`(educounsel_[a-z_]+)`", RUNBOOK))
    assert {
        name for name in named if f'"{re.sub("_(count|total)$", "", name)}"' not in source
    } == set()


def test_every_setting_of_the_runbook_is_read() -> None:
    read = Path(settings.__file__).read_text() + (ROOT / "docs/architecture.md").read_text()
    named = set(re.findall(r"`([A-Z][A-Z_]{5,})`", RUNBOOK)) - {"RELEASED"}
    assert {name for name in named if name not in read} == set()


def test_the_key_pair_of_the_runbook_is_one() -> None:
    (code,) = re.findall(r'python -c "(.+)" > identity', RUNBOOK)
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    public, private = made.stdout.split()[1:]
    assert str(Identity.from_str(private).to_public()) == public
