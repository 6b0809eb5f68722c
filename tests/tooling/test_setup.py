"""Each way that set-up can fail costs a newcomer one sentence, and leaves nothing behind."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WHAT_SETUP_READS = ["requirements.txt", "requirements-dev.txt", "package-lock.json", ".npmrc"]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    clone = tmp_path / "clone"
    shutil.copytree(ROOT / "scripts", clone / "scripts")
    for name in WHAT_SETUP_READS:
        shutil.copy(ROOT / name, clone)
    return clone


def setup(clone: Path, python: Path | str = sys.executable) -> tuple[int, str]:
    result = subprocess.run(
        clone / "scripts/setup",
        env={"PATH": "/usr/bin:/bin", "PYTHON": str(python), "HOME": str(clone.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stderr


def set_up_read_only(clone: Path) -> tuple[int, str]:
    """Whatever there is to do ends with the one sentence; nothing to do ends well."""
    clone.chmod(0o555)
    return setup(clone)


def python_that_says(version: str, folder: Path) -> Path:
    """Refuses when asked whether it is new enough, and tells its version when asked for that."""
    fake = folder / "python"
    fake.write_text(f'#!/bin/sh\ncase "$2" in *exit*) exit 1 ;; *) echo {version} ;; esac\n')
    fake.chmod(0o755)
    return fake


def test_an_old_python_is_named(clone: Path, tmp_path: Path) -> None:
    old = python_that_says("3.11", tmp_path)
    assert setup(clone, python=old) == (
        1,
        "EduCounsel needs Python 3.12 or newer; found 3.11. "
        "Install it, or name it: PYTHON=/path/to/python make run\n",
    )
    assert not (clone / ".venv").exists()


def test_a_python_that_is_not_there_is_not_replaced_by_another(clone: Path) -> None:
    code, sentence = setup(clone, python="/nowhere/python")
    assert (code, "found none" in sentence) == (1, True)


def test_a_read_only_folder_is_named(clone: Path) -> None:
    assert set_up_read_only(clone) == (
        1,
        f"EduCounsel is set up inside its own folder, but {clone} is read-only.\n",
    )


def test_what_is_set_up_is_not_set_up_again(clone: Path) -> None:
    pretend_set_up(clone)
    assert set_up_read_only(clone) == (0, "")


def test_a_changed_lock_is_noticed(clone: Path) -> None:
    pretend_set_up(clone)
    (clone / "requirements.txt").write_text("# changed\n")
    assert "read-only" in set_up_read_only(clone)[1]


def test_an_environment_without_its_mark_is_not_trusted(clone: Path) -> None:
    pretend_set_up(clone)
    shutil.rmtree(clone / ".venv/installed")
    assert "read-only" in set_up_read_only(clone)[1]


def test_changed_browser_libraries_are_noticed(clone: Path) -> None:
    pretend_set_up(clone)
    (clone / "package-lock.json").write_text("{}")
    assert "read-only" in set_up_read_only(clone)[1]


def pretend_set_up(clone: Path) -> None:
    """The marks that a finished set-up leaves."""
    (clone / ".venv/bin").mkdir(parents=True)
    (clone / ".venv/bin/python").symlink_to(sys.executable)
    (clone / ".venv/installed").mkdir()
    shutil.copy(clone / "requirements.txt", clone / ".venv/installed")
    served = clone / "educounsel/web/static/vendor"
    served.mkdir(parents=True)
    made_from = (clone / "package-lock.json").read_text() + (clone / "scripts/setup").read_text()
    (served / ".made-from").write_text(made_from)
