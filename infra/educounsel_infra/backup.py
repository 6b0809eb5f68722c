"""Copies that outlive a mistake: beside the database's own, in a vault that nobody may empty."""

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from .advice import Advice

FAILED = f"A backup failed. {Advice.BACKUP.words}"
POLICIES = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
    "AWSBackupServiceRolePolicyForS3Backup",
    "AWSBackupServiceRolePolicyForS3Restore",
)


class Backup(Construct):
    def __init__(
        self,
        scope: Construct,
        *,
        database: rds.IDatabaseInstance,
        files: s3.IBucket,
        key: kms.IKey,
        operator: sns.ITopic,
    ) -> None:
        super().__init__(scope, "Backup")
        vault = backup.BackupVault(
            self,
            "Vault",
            backup_vault_name=f"{Stack.of(self).stack_name}-vault",
            encryption_key=key,
            lock_configuration=backup.LockConfiguration(min_retention=Duration.days(7)),
            removal_policy=RemovalPolicy.RETAIN,
        )
        plan = backup.BackupPlan(self, "Plan", backup_vault=vault)
        plan.add_rule(_rule("daily", events.Schedule.cron(hour="20", minute="0"), days=35))
        plan.add_rule(
            _rule("monthly", events.Schedule.cron(day="1", hour="21", minute="0"), days=365)
        )
        plan.add_selection(
            "Selection",
            resources=[
                backup.BackupResource.from_rds_database_instance(database),
                backup.BackupResource.from_arn(files.bucket_arn),
            ],
            role=self._role(),
            allow_restores=True,
        )
        self._call_when_one_fails(operator)

    def _call_when_one_fails(self, operator: sns.ITopic) -> None:
        events.Rule(
            self,
            "Failed",
            event_pattern=events.EventPattern(
                source=["aws.backup"],
                detail_type=["Backup Job State Change"],
                detail={"state": ["FAILED", "ABORTED", "EXPIRED"]},
            ),
            targets=[targets.SnsTopic(operator, message=events.RuleTargetInput.from_text(FAILED))],
        )

    def _role(self) -> iam.Role:
        return iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name(name) for name in POLICIES
            ],
        )


def _rule(name: str, schedule: events.Schedule, days: int) -> backup.BackupPlanRule:
    """In UTC: three and four at night in Jakarta. AWS Backup starts none in the hour before, or
    during, the windows in which RDS copies and repairs itself (database.py)."""
    return backup.BackupPlanRule(
        rule_name=name,
        schedule_expression=schedule,
        start_window=Duration.hours(1),
        completion_window=Duration.hours(8),
        delete_after=Duration.days(days),
    )
