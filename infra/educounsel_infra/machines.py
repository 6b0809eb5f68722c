"""A group of machines that do one kind of work."""

from collections.abc import Mapping
from typing import cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_iam as iam
from constructs import Construct

from .config import Fleet
from .launch import SCRIPT, launch_template
from .rollout import BOOT_MINUTES, a_few_at_a_time


class Machines(Construct):
    """A launch template, and the group that keeps as many of it as the load asks for."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        fleet: Fleet,
        vpc: ec2.IVpc,
        group: ec2.ISecurityGroup,
        role: iam.IRole,
        told: Mapping[str, str],
        targets: elb.ApplicationTargetGroup | None = None,
    ) -> None:
        super().__init__(scope, name)
        self.name, self.fleet = name, fleet
        user_data = ec2.UserData.custom("#!/bin/bash")
        self.scaling = autoscaling.AutoScalingGroup(
            self,
            "Group",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
            launch_template=launch_template(
                self, machine=fleet.machine, group=group, role=role, user_data=user_data
            ),
            min_capacity=fleet.least,
            max_capacity=fleet.most,
            health_checks=_asked_by_the_balancer() if targets else None,
            group_metrics=[autoscaling.GroupMetrics.all()],
            signals=autoscaling.Signals.wait_for_min_capacity(
                timeout=Duration.minutes(BOOT_MINUTES)
            ),
            update_policy=a_few_at_a_time(fleet),
        )
        self.scaling.node.add_dependency(role)  # else a release may start before its new rights
        if targets:
            self.scaling.attach_to_application_target_group(targets)
        itself = cast("autoscaling.CfnAutoScalingGroup", self.scaling.node.default_child)
        words = {
            **told,
            "TIER": name.lower(),
            "RESOURCE": Stack.of(self).get_logical_id(itself),
            "TARGETS": targets.target_group_arn if targets else "",
        }
        user_data.add_commands(*(f"export {key}='{value}'" for key, value in words.items()), SCRIPT)

    def sockets_a_machine(self) -> cloudwatch.Metric:
        return self.measured("netstat_tcp_established")

    def measured(self, name: str) -> cloudwatch.Metric:
        """What the agent on the machines counts (agent.py says what), on average over them."""
        return cloudwatch.Metric(
            namespace=Stack.of(self).stack_name,
            metric_name=name,
            dimensions_map={"Tier": self.name.lower()},
            period=Duration.minutes(1),
        )


def _asked_by_the_balancer() -> autoscaling.HealthChecks:
    """A machine that hangs is replaced, not only left out."""
    return autoscaling.HealthChecks.with_additional_checks(
        additional_types=[autoscaling.AdditionalHealthCheckType.ELB],
        grace_period=Duration.minutes(BOOT_MINUTES),
    )
