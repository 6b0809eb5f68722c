"""A signing key is changed without one link that the edge refuses."""

import pytest

from tests.reading import Templates
from tests.test_edge import behaviours, made

SLOTS = ("A", "B")


def slots(templates: Templates) -> dict[str, str]:
    """The resource of each slot's key."""
    return {
        each["Properties"]["PublicKeyConfig"]["EncodedKey"]["Ref"]: name
        for name, each in templates.resources("CloudFront::PublicKey").items()
    }


def filled(templates: Templates, slot: str) -> str:
    """The name of the condition that this slot holds a key."""
    condition: str = templates.here["Resources"][slots(templates)[f"PublicKey{slot}"]]["Condition"]
    assert templates.here["Conditions"][condition] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": f"PublicKey{slot}"}, ""]}]
    }
    return condition


def test_the_edge_trusts_the_key_of_each_slot_that_is_filled(templates: Templates) -> None:
    groups = behaviours(templates)["/media/*"]["TrustedKeyGroups"]
    assert made(templates, "CloudFront::KeyGroup", groups)["KeyGroupConfig"]["Items"] == [
        {
            "Fn::If": [
                filled(templates, slot),
                {"Ref": slots(templates)[f"PublicKey{slot}"]},
                {"Ref": "AWS::NoValue"},
            ]
        }
        for slot in SLOTS
    ]


def test_a_slot_is_emptied_before_it_is_filled_anew(templates: Templates) -> None:
    """CloudFront refuses to change a key: only one that is not there can be made."""
    for slot in SLOTS:
        asked = templates.here["Parameters"][f"PublicKey{slot}"]
        assert asked["Default"] == ""
        assert asked["AllowedPattern"].endswith(")?")


def test_a_machine_signs_with_the_secret_of_the_key_that_it_names(templates: Templates) -> None:
    told = str(templates.all("EC2::LaunchTemplate"))
    (second,) = (
        name
        for name, each in templates.here["Conditions"].items()
        if each == {"Fn::Equals": [{"Ref": "SigningSlot"}, "B"]}
    )
    secrets = [
        templates.here["Outputs"][f"SigningKey{slot}Made"]["Value"] for slot in reversed(SLOTS)
    ]
    assert str({"Fn::If": [second, *secrets]}) in told
    keys = [
        {
            "Fn::If": [
                filled(templates, slot),
                {"Ref": slots(templates)[f"PublicKey{slot}"]},
                {"Ref": "AWS::NoValue"},
            ]
        }
        for slot in reversed(SLOTS)
    ]
    assert str({"Fn::If": [second, *keys]}) in told


@pytest.mark.parametrize("slot", SLOTS)
def test_an_empty_slot_cannot_be_told_to_sign(templates: Templates, slot: str) -> None:
    rules = [
        rule
        for rule in templates.here["Rules"].values()
        if rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "SigningSlot"}, slot]}
    ]
    ((must,),) = (rule["Assertions"] for rule in rules)
    assert must["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": f"PublicKey{slot}"}, ""]}]}
