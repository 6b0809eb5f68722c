"""Templates as tests read them: what CloudFormation would be given, and nothing of the CDK."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Properties = dict[str, Any]


class Templates:
    """Those of one size: `here` (Jakarta), `there` (us-east-1), and the resources of both."""

    def __init__(self, folder: Path) -> None:
        self.size = folder.name
        self.here = json.loads((folder / "educounsel.template.json").read_text())
        self.there = json.loads((folder / "educounsel-edge.template.json").read_text())

    def resources(self, kind: str) -> dict[str, Any]:
        """By logical id. Without one of the kind, a test of all of them would prove nothing."""
        here, there = (
            {
                name: resource
                for name, resource in template["Resources"].items()
                if resource["Type"] == f"AWS::{kind}"
            }
            for template in (self.here, self.there)
        )
        assert here | there, f"no AWS::{kind}"
        assert not here.keys() & there.keys(), "one would hide the other"
        return here | there

    def all(self, kind: str) -> list[Properties]:
        return [resource.get("Properties", {}) for resource in self.resources(kind).values()]

    def one(self, kind: str) -> Properties:
        (found,) = self.all(kind)
        return found

    def statements(self) -> Iterator[dict[str, Any]]:
        """Of what roles may do, in policies of their own and inline ones."""
        for properties in self.all("IAM::Policy") + self.all("IAM::Role"):
            inline = [each["PolicyDocument"] for each in properties.get("Policies", [])]
            own = [properties["PolicyDocument"]] if "PolicyDocument" in properties else []
            for document in own + inline:
                yield from document["Statement"]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def words_of(value: Any) -> str:
    """What can be read in a value that joins texts and references."""
    if isinstance(value, dict):
        return words_of(list(value.values()))
    return "".join(map(words_of, value)) if isinstance(value, list) else str(value)


def named(value: Any) -> set[str]:
    """Logical ids that a value refers to."""
    if isinstance(value, list):
        return set().union(*map(named, value))
    if not isinstance(value, dict):
        return set()
    if "Ref" in value:
        return {value["Ref"]}
    if "Fn::GetAtt" in value:
        return {value["Fn::GetAtt"][0]}
    return named(list(value.values()))


def the(names: set[str]) -> str:
    (name,) = names
    return name
