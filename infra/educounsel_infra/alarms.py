"""An alarm calls the operator when it begins, and again when it is over."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD


class Alarms(Construct):
    def __init__(self, scope: Construct, operator: sns.ITopic) -> None:
        super().__init__(scope, "Alarms")
        self._operator = actions.SnsAction(operator)

    def call(
        self,
        name: str,
        metric: cloudwatch.Metric,
        when: cloudwatch.ComparisonOperator,
        threshold: float,
        *,
        minutes: int,
    ) -> None:
        """When it has been so for this long. A machine or database that says nothing is missing."""
        missing = cloudwatch.TreatMissingData
        period = minutes if minutes >= 60 else 1
        alarm = cloudwatch.Alarm(
            self,
            name.title().replace(" ", "").replace(":", ""),
            alarm_description=f"EduCounsel: {name}. What to do: docs/aws.md",
            metric=metric.with_(period=Duration.minutes(period)),
            comparison_operator=when,
            threshold=threshold,
            evaluation_periods=minutes // period,
            treat_missing_data=missing.BREACHING if when == BELOW else missing.NOT_BREACHING,
        )
        alarm.add_alarm_action(self._operator)
        alarm.add_ok_action(self._operator)
