"""Names in Route 53: people ask for the first, CloudFront for the one behind it."""

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct


class Dns(Construct):
    def __init__(self, scope: Construct, *, domain: str, zone: str) -> None:
        super().__init__(scope, "Dns")
        self.domain, self.origin = domain, f"origin.{domain}"
        self._zone = route53.HostedZone.from_hosted_zone_attributes(
            self, "Zone", hosted_zone_id=zone, zone_name=domain
        )
        # CloudFront asks by the first name and connects to the second.
        self.origin_certificate = acm.Certificate(
            self,
            "OriginCertificate",
            domain_name=domain,
            subject_alternative_names=[self.origin],
            validation=acm.CertificateValidation.from_dns(self._zone),
        )

    def lead_to(
        self, edge: cloudfront.IDistribution, balancer: elb.ApplicationLoadBalancer
    ) -> None:
        to_edge = route53.RecordTarget.from_alias(targets.CloudFrontTarget(edge))
        route53.ARecord(self, "Alias", zone=self._zone, target=to_edge)
        route53.AaaaRecord(self, "AliasV6", zone=self._zone, target=to_edge)
        to_balancer = route53.RecordTarget.from_alias(targets.LoadBalancerTarget(balancer))
        route53.ARecord(
            self, "OriginAlias", zone=self._zone, record_name="origin", target=to_balancer
        )
