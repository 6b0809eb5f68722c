"""Templates as files that `aws cloudformation deploy` takes as they are: nothing to bootstrap."""

from pathlib import Path

from aws_cdk import App, DefaultStackSynthesizer, Environment, Stack, Tags, Validations
from cdk_nag import AwsSolutionsChecks

from .accepted import accept
from .config import REGION, Size
from .stack import EduCounsel
from .virginia import Virginia

CONTEXT = {
    # What the CDK itself warns of becomes an error.
    "@aws-cdk/core:validateAgainstDefaultRules": True,
    # Logs are delivered by policy; access lists are a thing of the past.
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,
}


def write(size: Size, folder: Path, *, check: bool = True) -> None:
    """To folder/<size>/. Checked by cdk-nag: a finding that nobody accepted is an error."""
    app = App(outdir=str(folder / size.name), analytics_reporting=False, context=CONTEXT)
    stacks: list[Stack] = [
        Virginia(app, "educounsel-edge", size, **_in("us-east-1")),
        EduCounsel(app, "educounsel", size, **_in(REGION)),
    ]
    Tags.of(app).add("project", "educounsel")
    Tags.of(app).add("size", size.name)
    if check:
        accept(*stacks)
        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()


def _in(region: str) -> dict[str, object]:
    return {
        "env": Environment(region=region),
        "synthesizer": DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    }
