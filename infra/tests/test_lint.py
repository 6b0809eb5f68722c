import json
import subprocess
import sys
from pathlib import Path

import pytest
from educounsel_infra.config import REGION, SIZES

LINT = Path(sys.executable).parent / "cfn-lint"


@pytest.mark.parametrize(
    ("region", "name"), [(REGION, "educounsel"), ("us-east-1", "educounsel-edge")]
)
def test_cfn_lint_has_nothing_to_say(written: Path, region: str, name: str) -> None:
    """Of all sizes. W3010: zones are fixed on purpose, so that subnets never move."""
    files = [str(written / size / f"{name}.template.json") for size in SIZES]
    lint = [str(LINT), "-r", region, "-i", "W3010", "-t", *files]
    told = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (0, "")


@pytest.mark.parametrize("size", SIZES)
def test_templates_can_be_deployed_as_they_are(written: Path, size: str) -> None:
    """No asset to upload, no bootstrap stack; CloudFormation takes 500 resources and 1 MB."""
    for path in (written / size).glob("*.template.json"):
        template = json.loads(path.read_text())
        assert "BootstrapVersion" not in template.get("Parameters", {})
        assert len(template["Resources"]) < 250
        assert path.stat().st_size < 500_000
        kinds = {resource["Type"] for resource in template["Resources"].values()}
        assert {kind for kind in kinds if "Custom" in kind or "Lambda" in kind} == set()
