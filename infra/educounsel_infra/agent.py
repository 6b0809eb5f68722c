"""What CloudWatch's agent on a machine reads: the program's log, memory, disk, open sockets."""

import json
from typing import Any

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_ssm as ssm
from constructs import Construct


def program_log(scope: Construct, key: kms.IKey) -> logs.LogGroup:
    """What happened and never what somebody wrote; the machines of all tiers write into it."""
    return logs.LogGroup(
        scope,
        "Log",
        retention=logs.RetentionDays.THREE_MONTHS,
        encryption_key=key,
        removal_policy=RemovalPolicy.RETAIN,
    )


def agent_settings(scope: Construct, tier: str, log: logs.ILogGroup) -> ssm.StringParameter:
    stack = Stack.of(scope)
    of_tier = {"append_dimensions": {"Tier": tier}, "metrics_collection_interval": 60}
    settings: dict[str, Any] = {
        "agent": {"omit_hostname": True},
        "metrics": {
            "namespace": stack.stack_name,
            "aggregation_dimensions": [["Tier"]],
            "metrics_collected": {
                "mem": {"measurement": ["mem_used_percent"], **of_tier},
                "disk": {"measurement": ["used_percent"], "resources": ["/"], **of_tier},
                "netstat": {"measurement": ["tcp_established"], **of_tier},
            },
        },
        "logs": {
            "logs_collected": {
                "files": {
                    "collect_list": [
                        {
                            "file_path": "/var/log/educounsel/*.log",
                            "log_group_name": log.log_group_name,
                            "log_stream_name": f"{tier}/{{instance_id}}",
                        }
                    ]
                }
            }
        },
    }
    return ssm.StringParameter(
        scope,
        f"Agent{tier.title()}",
        # Session Manager's own policy lets a machine read parameters; these hold nothing secret.
        parameter_name=f"/{stack.stack_name}/agent/{tier}",
        string_value=json.dumps(settings),
    )
