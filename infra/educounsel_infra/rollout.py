"""How a release reaches the machines, and how it goes back."""

from aws_cdk import Duration
from aws_cdk import aws_autoscaling as autoscaling

from .config import Fleet

BOOT_MINUTES = 15


def a_few_at_a_time(fleet: Fleet) -> autoscaling.UpdatePolicy:
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
