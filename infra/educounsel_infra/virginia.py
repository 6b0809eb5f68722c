"""What AWS takes in us-east-1 only: CloudFront's certificate, firewall and log, the look from
outside, the budget. No student's data but the addresses that they ask for."""

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from .asked import THERE, asked_for
from .config import Size
from .firewall import Firewall
from .keys import sealing_key
from .pager import operator
from .storage import KEEP_LOGS_DAYS


class Virginia(Stack):
    def __init__(self, scope: Construct, name: str, size: Size, **options: object) -> None:
        super().__init__(scope, name, **options)  # type: ignore[arg-type]
        asked = asked_for(self, THERE)
        self._domain = asked["Domain"]
        key = sealing_key(self)
        self._operator = operator(self, asked["OperatorMail"], key, "cloudwatch", "budgets")
        zone = route53.PublicHostedZone(self, "Zone", zone_name=self._domain)
        zone.apply_removal_policy(RemovalPolicy.RETAIN)
        certificate = acm.Certificate(
            self,
            "Certificate",
            domain_name=self._domain,
            validation=acm.CertificateValidation.from_dns(zone),
        )
        firewall = Firewall(self, key, requests_an_address=size.requests_an_address)
        self._look_from_outside()
        self._call("CertificateEnds", certificate.metric_days_to_expiry(), 21, Duration.days(1))
        self._limit_costs(size.budget_usd)
        for parameter, value in {
            "Zone": zone.hosted_zone_id,
            "Certificate": certificate.certificate_arn,
            "Firewall": firewall.acl.attr_arn,
            "EdgeLogs": self._edge_logs().bucket_name,
        }.items():
            CfnOutput(self, f"{parameter}Output", value=value).override_logical_id(
                f"{parameter}Made"
            )

    def _edge_logs(self) -> s3.Bucket:
        """CloudFront writes as an account of its own: so this bucket, alone, takes ACLs. It
        writes into no bucket in Jakarta."""
        return s3.Bucket(
            self,
            "EdgeLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.OBJECT_WRITER,
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(KEEP_LOGS_DAYS))],
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _look_from_outside(self) -> None:
        """As a phone does: name, certificate, edge, balancer, machine."""
        check = route53.CfnHealthCheck(
            self,
            "Look",
            health_check_config=route53.CfnHealthCheck.HealthCheckConfigProperty(
                type="HTTPS",
                fully_qualified_domain_name=self._domain,
                resource_path="/healthz",
                port=443,
                request_interval=30,
                failure_threshold=3,
                enable_sni=True,
            ),
        )
        seen = cloudwatch.Metric(
            namespace="AWS/Route53",
            metric_name="HealthCheckStatus",
            statistic="Minimum",
            dimensions_map={"HealthCheckId": check.attr_health_check_id},
        )
        self._call("NotReachable", seen, 1, Duration.minutes(1))

    def _call(self, name: str, metric: cloudwatch.Metric, least: float, period: Duration) -> None:
        cloudwatch.Alarm(
            self,
            name,
            alarm_description=f"EduCounsel: {name}. What to do: docs/aws.md",
            metric=metric.with_(period=period),
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            threshold=least,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        ).add_alarm_action(actions.SnsAction(self._operator))

    def _limit_costs(self, usd: int) -> None:
        kind = budgets.CfnBudget
        budgets.CfnBudget(
            self,
            "Budget",
            budget=kind.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=kind.SpendProperty(amount=usd, unit="USD"),
            ),
            notifications_with_subscribers=[
                _tell(kind, self._operator, "ACTUAL", 80),
                _tell(kind, self._operator, "FORECASTED", 100),
            ],
        )


def _tell(
    kind: type[budgets.CfnBudget], operator: sns.ITopic, what: str, percent: int
) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
    return kind.NotificationWithSubscribersProperty(
        notification=kind.NotificationProperty(
            notification_type=what, comparison_operator="GREATER_THAN", threshold=percent
        ),
        subscribers=[kind.SubscriberProperty(subscription_type="SNS", address=operator.topic_arn)],
    )
