import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_help_explains_every_target() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.findall(r"make ([\w-]+)\t\w", shown.stdout) == targets


def test_what_is_made_is_never_committed() -> None:
    made = [
        ".venv/x",
        "infra/.venv/x",
        "var/x",
        "node_modules/x",
        "educounsel/web/static/vendor/x",
        "uv.lock",
    ]
    ignored = subprocess.run(
        ["git", "check-ignore", *made], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ignored.stdout.split() == made
