"""The key that seals data, secrets, logs and alarms: with it gone, or shut, all of them are."""

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct


def sealing_key(scope: Construct, name: str) -> kms.Key:
    stack = Stack.of(scope)
    key = kms.Key(
        scope,
        name,
        description="EduCounsel: data, secrets, logs",
        enable_key_rotation=True,
        removal_policy=RemovalPolicy.RETAIN,
    )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
            actions=["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
            resources=["*"],  # in a key's own policy: this key
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": _logs_of(stack)}},
        )
    )
    return key


def _logs_of(stack: Stack) -> str:
    return f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:*"
