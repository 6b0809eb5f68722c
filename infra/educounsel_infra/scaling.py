"""How the groups of machines follow the load."""

from aws_cdk import Duration
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions

from .config import SOCKETS_A_MACHINE

Group = autoscaling.AutoScalingGroup
Comparison = cloudwatch.ComparisonOperator
WAITED_TOO_LONG, WAITED_FAR_TOO_LONG = 5, 30  # seconds


def follow_cpu(group: Group, percent: int) -> None:
    group.scale_on_cpu_utilization("Cpu", target_utilization_percent=percent)


def follow_sockets(group: Group, sockets_a_machine: cloudwatch.Metric) -> None:
    """An idle socket costs memory, not CPU: what counts is how many a machine holds."""
    group.scale_to_track_metric("Held", metric=sockets_a_machine, target_value=SOCKETS_A_MACHINE)


def follow_queue(group: Group, age: cloudwatch.Metric) -> None:
    """Not CPU: a worker that waits for the answer of an AI rests, and others wait behind it.

    It grows when a job waited for seconds, and shrinks, one machine a minute, after a quarter of
    an hour in which none did: the first that waits for one second ends that."""
    grow = _step(group, "Grow")
    far = WAITED_FAR_TOO_LONG - WAITED_TOO_LONG
    grow.add_adjustment(adjustment=1, lower_bound=0, upper_bound=far)
    grow.add_adjustment(adjustment=2, lower_bound=far)
    above = Comparison.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
    _when(group, "Waits", age, above, WAITED_TOO_LONG, minutes=2).add_alarm_action(
        actions.AutoScalingAction(grow)
    )
    shrink = _step(group, "Shrink")
    shrink.add_adjustment(adjustment=-1, upper_bound=0)
    _when(group, "Rests", age, Comparison.LESS_THAN_THRESHOLD, 1, minutes=15).add_alarm_action(
        actions.AutoScalingAction(shrink)
    )


def _step(group: Group, name: str) -> autoscaling.StepScalingAction:
    return autoscaling.StepScalingAction(
        group,
        name,
        auto_scaling_group=group,
        adjustment_type=autoscaling.AdjustmentType.CHANGE_IN_CAPACITY,
        # So long a new machine is counted as coming: no second one is asked for in its place.
        estimated_instance_warmup=Duration.minutes(5),
        metric_aggregation_type=autoscaling.MetricAggregationType.MAXIMUM,
    )


def _when(
    group: Group,
    name: str,
    metric: cloudwatch.Metric,
    comparison: cloudwatch.ComparisonOperator,
    threshold: float,
    *,
    minutes: int,
) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        group,
        name,
        alarm_description="Auto Scaling follows the queue; nobody has to do anything.",
        metric=metric,
        comparison_operator=comparison,
        threshold=threshold,
        evaluation_periods=minutes,
        treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
    )
