"""Both stacks, one after the other, as docs/aws.md says; what was made, and what could not be."""

import json
import re
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError, WaiterError

from emulator.template import Template, without

REGIONS = {"educounsel-edge": "us-east-1", "educounsel": "ap-southeast-3"}
TYPES = re.compile(r"Unrecognized resource types: \[(.+)\]")
ATTRIBUTE = re.compile(r"Requested attribute (\S+) does not exist in schema for (\S+)")
ASKED = {"Domain": "bk.sekolah.example", "OperatorMail": "operator@sekolah.example"}


class Cannot(Exception):
    """What the emulator refused, as it stands in cannot.txt."""

    def __init__(self, things: set[str]) -> None:
        super().__init__(", ".join(sorted(things)))
        self.things = things


class Cloud:
    def __init__(self, address: str) -> None:
        self._address = address

    def client(self, service: str, region: str = REGIONS["educounsel"]) -> Any:
        account = {"aws_access_key_id": "nobody", "aws_secret_access_key": "nothing"}
        return boto3.client(service, region, endpoint_url=self._address, **account)

    def deploy(self, folder: Path, cannot: set[str]) -> int:
        """How many resources there are then. Raises Cannot."""
        self.client("s3").create_bucket(
            Bucket="templates",
            CreateBucketConfiguration={"LocationConstraint": REGIONS["educounsel"]},
        )
        made = self._stack("educounsel-edge", folder, cannot, ASKED)
        outputs = {name.removesuffix("Made"): value for name, value in made.items()}
        self._stack("educounsel", folder, cannot, ASKED | outputs | self._by_the_operator(folder))
        return sum(map(self._count, REGIONS))

    def _by_the_operator(self, folder: Path) -> dict[str, str]:
        """What a deployment is told by hand; and the image of machines, which is AWS's own."""
        self.client("ssm").put_parameter(Name="/image", Value="ami-0123456789", Type="String")
        template = _template("educounsel", folder)
        image = next(name for name in template["Parameters"] if name.startswith("SsmParameter"))
        return {image: "/image", "EdgeAddresses": "pl-58a04531", "PublicKeyA": _public_key()}

    def _stack(
        self, name: str, folder: Path, cannot: set[str], told: dict[str, str]
    ) -> dict[str, str]:
        """Its outputs."""
        body = json.dumps(without(_template(name, folder), cannot))
        self.client("s3").put_object(Bucket="templates", Key=name, Body=body)
        stacks = self.client("cloudformation", REGIONS[name])
        try:
            stacks.create_stack(
                StackName=name,
                TemplateURL=f"{self._address}/templates/{name}",
                Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in told.items()],
                Capabilities=["CAPABILITY_IAM"],
                OnFailure="DO_NOTHING",
            )
        except ClientError as refusal:
            raise _what_it_cannot(str(refusal)) from refusal
        stack = _when_it_is_done(stacks, name)
        if stack["StackStatus"] != "CREATE_COMPLETE":
            raise _what_it_cannot(stack["StackStatusReason"])
        return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}

    def _count(self, name: str) -> int:
        pages = self.client("cloudformation", REGIONS[name]).get_paginator("list_stack_resources")
        return sum(len(page["StackResourceSummaries"]) for page in pages.paginate(StackName=name))


def _when_it_is_done(stacks: Any, name: str) -> dict[str, Any]:
    with suppress(WaiterError):  # one that failed is done too
        done = stacks.get_waiter("stack_create_complete")
        done.wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})
    (stack,) = stacks.describe_stacks(StackName=name)["Stacks"]
    return dict(stack)


def _what_it_cannot(reason: str) -> Exception:
    if types := TYPES.search(reason):
        return Cannot(set(types[1].split(", ")))
    if attribute := ATTRIBUTE.search(reason):
        return Cannot({f"{attribute[2]} {attribute[1]}"})
    return RuntimeError(reason)


def _template(name: str, folder: Path) -> Template:
    template: Template = json.loads((folder / f"{name}.template.json").read_text())
    return template


def _public_key() -> str:
    made = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True).stdout
    public = ["openssl", "rsa", "-pubout"]
    return subprocess.run(public, input=made, capture_output=True, check=True).stdout.decode()
