"""The key that seals data, secrets, logs and alarms: with it gone, or shut, all of them are."""

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct


def sealing_key(scope: Construct) -> kms.Key:
    stack = Stack.of(scope)
    key = kms.Key(
        scope,
        "Key",
        description="EduCounsel: data, secrets, logs",
        enable_key_rotation=True,
        removal_policy=RemovalPolicy.RETAIN,
    )
    key.add_to_resource_policy(
        _may_use(
            f"logs.{stack.region}.amazonaws.com",
            {
                "ArnLike": {
                    "kms:EncryptionContext:aws:logs:arn": stack.format_arn(
                        service="logs", resource="log-group", resource_name="*"
                    ).replace("log-group/", "log-group:")
                }
            },
        )
    )
    for publisher in ("cloudwatch", "budgets", "autoscaling", "backup"):
        key.add_to_resource_policy(
            _may_use(
                f"{publisher}.amazonaws.com",
                {"StringEquals": {"aws:SourceAccount": stack.account}},
            )
        )
    return key


def _may_use(service: str, conditions: dict[str, object]) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        principals=[iam.ServicePrincipal(service)],
        actions=["kms:Decrypt", "kms:GenerateDataKey"]
        if not service.startswith("logs.")
        else ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
        resources=["*"],  # in a key's own policy: this key
        conditions=conditions,
    )
