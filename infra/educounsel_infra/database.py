"""PostgreSQL holds the truth: two machines in two zones, sealed, kept when the stack goes."""

from typing import cast

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from .config import Size
from .given import either, is_given
from .network import Network

IDENTIFIER = "educounsel"
LOGS = ["postgresql", "upgrade"]
IN_DATA = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)


class Database(Construct):
    """`restored` is the ARN of the secret of a database that was put in this one's place."""

    def __init__(
        self, scope: Construct, *, size: Size, network: Network, key: kms.IKey, restored: str
    ) -> None:
        super().__init__(scope, "Database")
        engine = rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_17_9)
        self.instance = rds.DatabaseInstance(
            self,
            "Postgres",
            engine=engine,
            parameter_group=_parameters(self, engine),
            instance_type=ec2.InstanceType(size.database),
            vpc=network.vpc,
            vpc_subnets=IN_DATA,
            security_groups=[network.database],
            instance_identifier=IDENTIFIER,
            database_name="educounsel",
            credentials=rds.Credentials.from_username("educounsel", encryption_key=key),
            manage_master_user_password=True,
            multi_az=True,
            storage_type=rds.StorageType.GP3,
            allocated_storage=size.storage_gib,
            max_allocated_storage=size.storage_gib * 4,
            storage_encrypted=True,
            storage_encryption_key=key,
            backup_retention=Duration.days(35),
            preferred_backup_window="17:00-18:00",
            preferred_maintenance_window="sat:18:30-sat:19:30",
            copy_tags_to_snapshot=True,
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
            auto_minor_version_upgrade=True,
            publicly_accessible=False,
            enable_performance_insights=True,
            performance_insight_encryption_key=key,
            monitoring_interval=Duration.minutes(1),
            cloudwatch_logs_exports=LOGS,
        )
        self.instance.node.add_dependency(*(_log(self, name, key) for name in LOGS))
        # Its password: AWS makes it, keeps it, and changes it every week.
        own = cast("secretsmanager.ISecret", self.instance.secret).secret_arn
        self.secret_arn = either(is_given(self, "Restored", restored), restored, own)


def _log(scope: Construct, name: str, key: kms.IKey) -> logs.LogGroup:
    """Made before RDS would make one that never ends."""
    return logs.LogGroup(
        scope,
        f"{name.title()}Log",
        log_group_name=f"/aws/rds/instance/{IDENTIFIER}/{name}",
        encryption_key=key,
        retention=logs.RetentionDays.THREE_MONTHS,
        removal_policy=RemovalPolicy.RETAIN,
    )


def _parameters(scope: Construct, engine: rds.IInstanceEngine) -> rds.ParameterGroup:
    """Everything goes through TLS, and no statement, which holds people's words, into a log."""
    return rds.ParameterGroup(
        scope,
        "Parameters",
        engine=engine,
        parameters={
            "rds.force_ssl": "1",
            "log_statement": "none",
            "log_min_duration_statement": "-1",
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "idle_in_transaction_session_timeout": "60000",
        },
    )
