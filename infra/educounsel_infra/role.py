"""What a machine may do in AWS: the actions it needs, on the things it needs them for."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from .credentials import Credentials
from .data import Data
from .storage import Storage


def machine_role(
    scope: Construct,
    *,
    storage: Storage,
    credentials: Credentials,
    data: Data,
    key: kms.IKey,
    log: logs.ILogGroup,
    edge_addresses: str,
) -> iam.Role:
    role = iam.Role(
        scope,
        "MachineRole",
        description="machines of EduCounsel",
        assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
        # A shell by Session Manager: for who is named to AWS, without a port or a key.
        managed_policies=[
            iam.ManagedPolicy.from_aws_managed_policy_name("AmazonSSMManagedInstanceCore")
        ],
    )
    secrets = [
        credentials.settings,
        *credentials.signing_keys.values(),
        credentials.redis,
        credentials.cache,
    ]
    arns = [*(secret.secret_arn for secret in secrets), data.database.secret_arn]
    for actions, resources in (
        (["s3:GetObject"], [storage.releases.arn_for_objects("*")]),
        (
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
            [storage.files.arn_for_objects("media/*")],
        ),
        # Without it S3 answers 403, not 404, for a file that is not there.
        (["s3:ListBucket"], [storage.files.bucket_arn]),
        (["ec2:GetManagedPrefixListEntries"], [edge_addresses]),
        (["secretsmanager:GetSecretValue"], arns),
        (["logs:CreateLogStream", "logs:PutLogEvents"], [log.log_group_arn]),
    ):
        role.add_to_policy(iam.PolicyStatement(actions=actions, resources=resources))
    role.add_to_policy(_unseal_secrets(Stack.of(scope).region, key))
    role.add_to_policy(_count_as(Stack.of(scope).stack_name))
    role.add_to_policy(_see_whether_requests_come())
    return role


def _unseal_secrets(region: str, key: kms.IKey) -> iam.PolicyStatement:
    """The key seals the database too: a machine uses it by way of Secrets Manager alone."""
    return iam.PolicyStatement(
        actions=["kms:Decrypt"],
        resources=[key.key_arn],
        conditions={"StringEquals": {"kms:ViaService": f"secretsmanager.{region}.amazonaws.com"}},
    )


def _count_as(namespace: str) -> iam.PolicyStatement:
    """The action knows no resource; the namespace bounds it."""
    return iam.PolicyStatement(
        actions=["cloudwatch:PutMetricData"],
        resources=["*"],
        conditions={"StringEquals": {"cloudwatch:namespace": namespace}},
    )


def _see_whether_requests_come() -> iam.PolicyStatement:
    """To look is all, and the action knows no resource."""
    return iam.PolicyStatement(
        actions=["elasticloadbalancing:DescribeTargetHealth"], resources=["*"]
    )
