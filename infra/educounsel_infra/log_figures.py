"""Figures that the program writes into its log, counted from there.

Who writes them: educounsel/operations/queue_age.py and educounsel/companion/budget.py.
"""

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct


class LogFigures(Construct):
    def __init__(self, scope: Construct, log: logs.ILogGroup) -> None:
        super().__init__(scope, "LogFigures")
        self._log = log
        self.queue_age = self._highest("queue_age_seconds", cloudwatch.Unit.SECONDS)
        self.failed_jobs = self._highest("failed_jobs", cloudwatch.Unit.COUNT)
        self.ai_budget = self._highest("ai_budget_percent", cloudwatch.Unit.PERCENT)

    def _highest(self, name: str, unit: cloudwatch.Unit) -> cloudwatch.Metric:
        """Of each minute, whichever machine said it: all of them ask the one database."""
        found = logs.MetricFilter(
            self,
            name.title().replace("_", ""),
            log_group=self._log,
            filter_pattern=logs.FilterPattern.number_value(f"$.{name}", ">=", 0),
            metric_namespace=Stack.of(self).stack_name,
            metric_name=name,
            metric_value=f"$.{name}",
            unit=unit,
        )
        return found.metric(statistic="Maximum", period=Duration.minutes(1))
