"""docs/aws.md names what is there."""

import re
from pathlib import Path

from educounsel_infra.config import SIZES

from tests.reading import Templates

REPOSITORY = Path(__file__).parents[2]
DOCS = (REPOSITORY / "docs/aws.md").read_text()
VCPUS = {"t4g.small": 2, "c7g.large": 2}
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


def test_the_quota_to_ask_for_is_what_all_fleets_may_grow_to() -> None:
    """New accounts have few, and a fleet that may not grow is found out on the first school day."""
    asked = " ".join(DOCS.split())
    for size in SIZES.values():
        fleets = (size.web, size.sockets, size.workers)
        assert {fleet.machine for fleet in fleets} <= VCPUS.keys()
        vcpus = sum(fleet.most * VCPUS[fleet.machine] for fleet in fleets)
        assert re.search(rf"\b{vcpus}\b[^.]* for a {size.name}", asked)
