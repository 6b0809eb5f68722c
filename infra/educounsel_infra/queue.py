"""How long jobs wait: counted from the workers' log (educounsel/operations/queue_age.py)."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

NAME = "queue_age_seconds"


def queue_age(scope: Construct, log: logs.ILogGroup) -> cloudwatch.Metric:
    """The longest wait of each minute, as any worker saw it."""
    found = logs.MetricFilter(
        scope,
        "QueueAge",
        log_group=log,
        filter_pattern=logs.FilterPattern.number_value(f"$.{NAME}", ">=", 0),
        metric_namespace=Stack.of(scope).stack_name,
        metric_name=NAME,
        metric_value=f"$.{NAME}",
        unit=cloudwatch.Unit.SECONDS,
    )
    return found.metric(statistic="Maximum", period=Duration.minutes(1))
