"""An alarm calls the operator when it begins, and again when it is over."""

from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from .advice import Advice

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
        advice: Advice,
        *,
        minutes: int,
        must_speak: bool = False,
    ) -> None:
        """When it has been so for this long; also in silence, of what `must_speak` or be missed."""
        missing = cloudwatch.TreatMissingData
        period = minutes if minutes >= 60 else 1
        alarm = cloudwatch.Alarm(
            self,
            name.title().replace(" ", "").replace(":", ""),
            alarm_description=f"{name}. {advice.words}",
            metric=metric.with_(period=Duration.minutes(period)),
            comparison_operator=when,
            threshold=threshold,
            evaluation_periods=minutes // period,
            treat_missing_data=missing.BREACHING if must_speak else missing.NOT_BREACHING,
        )
        alarm.add_alarm_action(self._operator)
        alarm.add_ok_action(self._operator)

    def call_before_it_ends(self, of: str, certificate: acm.ICertificate) -> None:
        name, days_left = f"{of}: certificate ends", certificate.metric_days_to_expiry()
        day = 24 * 60  # AWS counts once in it
        self.call(name, days_left, BELOW, 21, Advice.CERTIFICATE, minutes=day, must_speak=True)
