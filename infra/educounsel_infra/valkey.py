"""Two Valkeys, which speak Redis: one keeps copies of sessions, bells and hints, the other may
forget.

ElastiCache has no append-only file beside a second node. With both nodes gone nothing is lost but
time: sessions and jobs are rows in PostgreSQL (docs/adr/0011, docs/adr/0001).
"""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from .network import Network

Group = elasticache.CfnReplicationGroup
NODES = ("001", "002")


class Valkey(Construct):
    """Two nodes in two zones; the second takes over by itself."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        node: str,
        when_full: str,
        password: str,
        network: Network,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, name)
        self.group = Group(
            self,
            "Group",
            replication_group_description=f"EduCounsel: {name}",
            engine="valkey",
            engine_version="8.0",
            cache_node_type=node,
            num_cache_clusters=len(NODES),
            automatic_failover_enabled=True,
            multi_az_enabled=True,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            at_rest_encryption_enabled=True,
            kms_key_id=key.key_arn,
            auth_token=password,
            security_group_ids=[network.redis.security_group_id],
            cache_subnet_group_name=_subnets(self, network.vpc).ref,
            cache_parameter_group_name=_when_full(self, when_full).ref,
            snapshot_retention_limit=7,
            snapshot_window="17:00-18:00",
            preferred_maintenance_window="sun:18:30-sun:19:30",
            auto_minor_version_upgrade=True,
            log_delivery_configurations=[_engine_log(self, key)],
        )
        self.address = self.group.attr_primary_end_point_address

    def measured(self, name: str, node: str) -> cloudwatch.Metric:
        """ElastiCache counts by node only, and calls it by its group and number."""
        return cloudwatch.Metric(
            namespace="AWS/ElastiCache",
            metric_name=name,
            statistic="Maximum",
            dimensions_map={"CacheClusterId": f"{self.group.ref}-{node}"},
            period=Duration.minutes(1),
        )


def _subnets(scope: Construct, vpc: ec2.Vpc) -> elasticache.CfnSubnetGroup:
    return elasticache.CfnSubnetGroup(
        scope,
        "Subnets",
        description="without a way in or out",
        subnet_ids=vpc.select_subnets(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED).subnet_ids,
    )


def _when_full(scope: Construct, policy: str) -> elasticache.CfnParameterGroup:
    return elasticache.CfnParameterGroup(
        scope,
        "Parameters",
        description=f"when memory is full: {policy}",
        cache_parameter_group_family="valkey8",
        properties={"maxmemory-policy": policy},
    )


def _engine_log(scope: Construct, key: kms.IKey) -> Group.LogDeliveryConfigurationRequestProperty:
    """Starts, failovers and faults. Not the slow log: it repeats what was stored."""
    group = logs.LogGroup(
        scope,
        "Log",
        retention=logs.RetentionDays.THREE_MONTHS,
        encryption_key=key,
        removal_policy=RemovalPolicy.RETAIN,
    )
    return Group.LogDeliveryConfigurationRequestProperty(
        destination_type="cloudwatch-logs",
        destination_details=Group.DestinationDetailsProperty(
            cloud_watch_logs_details=Group.CloudWatchLogsDestinationDetailsProperty(
                log_group=group.log_group_name
            )
        ),
        log_format="json",
        log_type="engine-log",
    )
