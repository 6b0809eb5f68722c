"""The walls of the house: imports point down only, features do not know each other."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "educounsel"

# From the top down. What stands on one line does not import each other either.
FLOORS = (
    ("operations",),
    ("demo",),
    ("dashboard",),
    ("companion", "appointments"),
    ("materi", "announcements"),
    ("notifications",),
    ("realtime",),
    ("schools",),
    ("accounts",),
    ("web",),
    ("server",),
)
LEVEL = {app: -height for height, apps in enumerate(FLOORS) for app in apps}


def imports_of(path: Path) -> Iterator[str]:
    """The full name of every module that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where they lead"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def app_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "educounsel" and len(parts) > 1 and parts[1] in LEVEL else None


def rises(importer: str, imported: str) -> bool:
    return importer != imported and LEVEL[imported] >= LEVEL[importer]


def files_of(app: str) -> list[Path]:
    return [path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]


@pytest.mark.parametrize("app", LEVEL)
def test_an_app_imports_only_what_lies_below_it(app: str) -> None:
    rising = {
        f"{path.relative_to(ROOT)} imports {module}"
        for path in files_of(app)
        for module in imports_of(path)
        if (imported := app_of(module)) and rises(app, imported)
    }
    assert rising == set()


def test_every_app_has_its_floor() -> None:
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert apps == set(LEVEL)


def test_an_import_that_rises_would_be_seen() -> None:
    assert rises("materi", "companion")
    assert rises("companion", "appointments")
    assert not rises("companion", "materi")


DOORS = {
    "educounsel.notifications.models.Notification": {"notifications", "demo", "dashboard"},
    "educounsel.realtime.relay": {"realtime"},
    "educounsel.realtime.hub": {"realtime"},
}


@pytest.mark.parametrize(("behind", "inside"), DOORS.items())
def test_what_lies_behind_a_door_is_used_inside_only(behind: str, inside: set[str]) -> None:
    """Others go through notify() and push; the dashboard and the demo read notifications."""
    outside = {
        str(path.relative_to(ROOT))
        for app in LEVEL
        if app not in inside
        for path in files_of(app)
        for module in imports_of(path)
        if module == behind or module.startswith(f"{behind}.")
    }
    assert outside == set()
