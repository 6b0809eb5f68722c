"""Buckets: what schools upload and browsers load, what machines run, and who came by."""

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from .asked import tell

KEEP_LOGS_DAYS = 90
# Longer than a fault stays unseen over a school's holidays.
KEEP_OLD_VERSIONS_DAYS = 35


class Storage(Construct):
    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Storage")
        self.logs = s3.Bucket(
            self,
            "Logs",
            encryption=s3.BucketEncryption.S3_MANAGED,  # S3 writes its log to no other
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(KEEP_LOGS_DAYS))],
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.files = self._kept("Files")
        self.releases = self._kept("Releases")
        tell(Stack.of(self), Files=self.files.bucket_name, Releases=self.releases.bucket_name)

    def _kept(self, name: str) -> s3.Bucket:
        """Private, encrypted, never deleted with the stack; what is overwritten can be had back."""
        return s3.Bucket(
            self,
            name,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    noncurrent_version_expiration=Duration.days(KEEP_OLD_VERSIONS_DAYS),
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                )
            ],
            server_access_logs_bucket=self.logs,
            server_access_logs_prefix=f"s3-{name.lower()}/",
            removal_policy=RemovalPolicy.RETAIN,
        )


def edge_logs(scope: Construct, source: str) -> s3.Bucket:
    """What AWS delivers from the edge: it writes into no bucket in Jakarta."""
    bucket = s3.Bucket(
        scope,
        "EdgeLogs",
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(KEEP_LOGS_DAYS))],
        removal_policy=RemovalPolicy.RETAIN,
    )
    stack = Stack.of(scope)
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("delivery.logs.amazonaws.com")],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects("AWSLogs/*")],
            conditions={
                "StringEquals": {"aws:SourceAccount": stack.account},
                "ArnLike": {
                    "aws:SourceArn": stack.format_arn(
                        service="logs", resource="delivery-source", resource_name=source
                    ).replace("delivery-source/", "delivery-source:")
                },
            },
        )
    )
    return bucket
