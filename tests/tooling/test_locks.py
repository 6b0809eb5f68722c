import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
PIP_LOCKS = [
    *sorted(ROOT.glob("requirements*.txt")),
    INFRA / "requirements.txt",
    INFRA / "emulator" / "requirements.txt",
]


def test_every_list_of_libraries_has_a_lock() -> None:
    assert [str(lock.relative_to(ROOT)) for lock in PIP_LOCKS] == [
        "requirements-dev.txt",
        "requirements-node.txt",
        "requirements-parts.txt",
        "requirements.txt",
        "infra/requirements.txt",
        "infra/emulator/requirements.txt",
    ]


@pytest.mark.parametrize("lock", PIP_LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_pip_locks_name_no_address(lock: Path) -> None:
    assert re.findall(r".*(?:://|index-url|find-links).*", lock.read_text()) == []


@pytest.mark.parametrize("lock", PIP_LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_every_pin_has_its_hash(lock: Path) -> None:
    pins = re.split(r"\n(?=\w)", lock.read_text())[1:]
    assert [pin for pin in pins if "--hash=sha256:" not in pin] == []


def test_npm_lock_names_no_address_but_of_funding() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    kept = {
        path: {key: value for key, value in package.items() if key != "funding"}
        for path, package in packages.items()
    }
    assert [path for path, package in kept.items() if "://" in json.dumps(package)] == []


def test_runtime_lock_satisfies_the_project() -> None:
    assert unsatisfied(project()["dependencies"], pins("requirements.txt")) == []


def test_dev_lock_satisfies_the_dev_extra() -> None:
    wanted = project()["optional-dependencies"]["dev"]
    assert unsatisfied(wanted, pins("requirements-dev.txt")) == []


def test_dev_lock_contains_the_runtime_lock() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


def project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return project


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / lock).read_text(), re.MULTILINE))


def unsatisfied(wanted: list[str], pinned: dict[str, str]) -> list[str]:
    return [
        line
        for line in wanted
        if not (need := Requirement(line)).specifier.contains(pinned.get(need.name.lower(), "0"))
    ]
