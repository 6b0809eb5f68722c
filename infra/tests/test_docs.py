"""docs/aws.md names what is there."""

import re
from pathlib import Path

from tests.reading import Templates

REPOSITORY = Path(__file__).parents[2]
DOCS = (REPOSITORY / "docs/aws.md").read_text()
PLACES = (REPOSITORY, REPOSITORY / "infra/educounsel_infra")


def test_the_operator_is_told_where_to_put_what(templates: Templates) -> None:
    told = {name.removesuffix("Made") for name in templates.here["Outputs"]}
    secrets = {"Settings", "SigningKeyA", "SigningKeyB", "Origin", "Redis", "Cache"}
    assert told == {"Distribution", "Files", "Releases"} | secrets
    assert all(f"`{name}`" in DOCS for name in secrets)
    asked = {name.removesuffix("Made") for name in templates.there["Outputs"]}
    assert asked <= set(templates.here["Parameters"])


def test_every_file_that_is_named_exists() -> None:
    named = set(re.findall(r"`([\w/]+\.(?:py|sh))`", DOCS))
    assert "fleets.py" in named
    assert {name for name in named if not any((place / name).exists() for place in PLACES)} == set()
