"""What depends on whether a deployment was given a value, or left it empty."""

from aws_cdk import CfnCondition, Fn
from constructs import Construct


def is_given(scope: Construct, name: str, value: str) -> CfnCondition:
    empty = Fn.condition_equals(value, "")
    return CfnCondition(scope, name, expression=Fn.condition_not(empty))


def either(condition: CfnCondition, so: str, otherwise: str) -> str:
    return Fn.condition_if(condition.logical_id, so, otherwise).to_string()
