"""A template without what the emulator cannot do, and whole all the same."""

from typing import Any

Template = dict[str, Any]
STAND_IN = "arn:aws:stand-in:ap-southeast-3:000000000000:for/what-is-missing"


def without(template: Template, cannot: set[str]) -> Template:
    """`cannot` names types ("AWS::EC2::EIP"), and attributes behind a type and a space. Whatever
    refers to one of them gets a stand-in."""
    kinds = {name: resource["Type"] for name, resource in template["Resources"].items()}
    gone = {name for name, kind in kinds.items() if kind in cannot}

    def missing(value: dict[str, Any]) -> bool:
        name, attribute = value.get("Fn::GetAtt", [value.get("Ref"), ""])
        return name in gone or f"{kinds.get(name)} {attribute}" in cannot

    def kept(value: Any) -> Any:
        if isinstance(value, list):
            return [kept(each) for each in value]
        if not isinstance(value, dict):
            return value
        return STAND_IN if missing(value) else {key: kept(each) for key, each in value.items()}

    resources = {
        name: kept(_waiting_for_none_of(gone, resource))
        for name, resource in template["Resources"].items()
        if name not in gone
    }
    return {**kept(template), "Resources": resources}


def _waiting_for_none_of(gone: set[str], resource: dict[str, Any]) -> dict[str, Any]:
    waits = [name for name in resource.get("DependsOn", []) if name not in gone]
    return {**resource, "DependsOn": waits}
