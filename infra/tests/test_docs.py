"""docs/aws.md names what is there."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
DOCS = (REPOSITORY / "docs/aws.md").read_text()
PLACES = (REPOSITORY, REPOSITORY / "infra/educounsel_infra")


def test_every_file_that_is_named_exists() -> None:
    named = set(re.findall(r"`([\w/]+\.(?:py|sh))`", DOCS))
    assert "fleets.py" in named
    assert {name for name in named if not any((place / name).exists() for place in PLACES)} == set()
