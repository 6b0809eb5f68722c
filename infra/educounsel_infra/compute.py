"""Machines: the same program in three kinds of work. Nobody logs in by SSH, nothing is patched in
place: a release, or a newer system, is a new machine (user_data.sh)."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from .config import SOCKETS_A_MACHINE, Fleet

BOOT_MINUTES = 15
SCRIPT = (Path(__file__).parent / "user_data.sh").read_text()


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
        boot: Mapping[str, str],
        operator: sns.ITopic,
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
            launch_template=_template(self, fleet.machine, group, role, user_data),
            min_capacity=fleet.least,
            max_capacity=fleet.most,
            health_checks=_asked_by_the_balancer() if targets else None,
            group_metrics=[autoscaling.GroupMetrics.all()],
            notifications=[autoscaling.NotificationConfiguration(topic=operator)],
            signals=autoscaling.Signals.wait_for_min_capacity(
                timeout=Duration.minutes(BOOT_MINUTES)
            ),
            update_policy=_a_few_at_a_time(fleet),
        )
        if targets:
            self.scaling.attach_to_application_target_group(targets)
        itself = cast("autoscaling.CfnAutoScalingGroup", self.scaling.node.default_child)
        words = {**boot, "TIER": name.lower(), "RESOURCE": Stack.of(self).get_logical_id(itself)}
        user_data.add_commands(*(f"export {key}='{value}'" for key, value in words.items()), SCRIPT)

    def follow_cpu(self, percent: int) -> None:
        self.scaling.scale_on_cpu_utilization("Cpu", target_utilization_percent=percent)

    def follow_sockets(self) -> None:
        """An idle socket costs memory, not CPU: what counts is how many a machine holds."""
        self.scaling.scale_to_track_metric(
            "Held", metric=self.sockets_a_machine(), target_value=SOCKETS_A_MACHINE
        )

    def sockets_a_machine(self) -> cloudwatch.Metric:
        return self.measured("netstat_tcp_established")

    def measured(self, name: str) -> cloudwatch.Metric:
        """What the agent on the machines counts (watch.py says what), on average over them."""
        return cloudwatch.Metric(
            namespace=Stack.of(self).stack_name,
            metric_name=name,
            dimensions_map={"Tier": self.name.lower()},
            period=Duration.minutes(1),
        )


def _template(
    scope: Construct,
    machine: str,
    group: ec2.ISecurityGroup,
    role: iam.IRole,
    user_data: ec2.UserData,
) -> ec2.LaunchTemplate:
    return ec2.LaunchTemplate(
        scope,
        "Template",
        instance_type=ec2.InstanceType(machine),
        machine_image=ec2.MachineImage.latest_amazon_linux2023(
            cpu_type=ec2.AmazonLinuxCpuType.ARM_64
        ),
        role=role,
        security_group=group,
        user_data=user_data,
        associate_public_ip_address=False,
        # Credentials only for who can send a PUT from the machine itself: no proxy, no container.
        require_imdsv2=True,
        http_put_response_hop_limit=1,
        detailed_monitoring=True,
        block_devices=[
            ec2.BlockDevice(
                device_name="/dev/xvda",
                volume=ec2.BlockDeviceVolume.ebs(
                    20, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3
                ),
            )
        ],
    )


def _asked_by_the_balancer() -> autoscaling.HealthChecks:
    """A machine that does not answer /readyz is replaced, not only left out."""
    return autoscaling.HealthChecks.with_additional_checks(
        additional_types=[autoscaling.AdditionalHealthCheckType.ELB],
        grace_period=Duration.minutes(BOOT_MINUTES),
    )


def _a_few_at_a_time(fleet: Fleet) -> autoscaling.UpdatePolicy:
    """New machines have to say that they are ready before the next old ones go; if they do not, the
    stack goes back to the release before, by itself."""
    processes = autoscaling.ScalingProcess
    return autoscaling.UpdatePolicy.rolling_update(
        min_instances_in_service=fleet.least,
        max_batch_size=max(1, fleet.most // 8),
        min_success_percentage=100,
        pause_time=Duration.minutes(BOOT_MINUTES),
        wait_on_resource_signals=True,
        suspend_processes=[
            processes.AZ_REBALANCE,
            processes.ALARM_NOTIFICATION,
            processes.HEALTH_CHECK,
            processes.REPLACE_UNHEALTHY,
            processes.SCHEDULED_ACTIONS,
        ],
    )
