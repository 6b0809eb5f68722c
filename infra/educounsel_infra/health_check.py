"""The look from outside, as a phone does: name, certificate, edge, balancer, machine, and what
the machine stands on."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_route53 as route53
from constructs import Construct


def seen_from_outside(scope: Construct, domain: str) -> cloudwatch.Metric:
    """1 while most of Route 53's checkers are answered 200."""
    check = route53.CfnHealthCheck(
        scope,
        "Look",
        health_check_config=route53.CfnHealthCheck.HealthCheckConfigProperty(
            type="HTTPS",
            fully_qualified_domain_name=domain,
            resource_path="/readyz",
            port=443,
            request_interval=30,
            failure_threshold=3,
            enable_sni=True,
        ),
    )
    return cloudwatch.Metric(
        namespace="AWS/Route53",
        metric_name="HealthCheckStatus",
        statistic="Minimum",
        dimensions_map={"HealthCheckId": check.attr_health_check_id},
        period=Duration.minutes(1),
    )
