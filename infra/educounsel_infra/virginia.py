"""What AWS takes in us-east-1 only: CloudFront's certificate, firewall and log, the look from
outside, the budget. No student's data but the addresses that they ask for."""

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from constructs import Construct

from .advice import Advice
from .alarms import BELOW, Alarms
from .asked import THERE, asked_for, tell
from .budget import monthly_budget
from .config import Size
from .edge_log import log_without_questions
from .firewall import Firewall
from .health_check import seen_from_outside
from .keys import sealing_key
from .pager import operator
from .storage import edge_logs


class Virginia(Stack):
    def __init__(self, scope: Construct, name: str, size: Size, **options: object) -> None:
        super().__init__(scope, name, **options)  # type: ignore[arg-type]
        asked = asked_for(self, THERE)
        self._domain = asked["Domain"]
        key = sealing_key(self, "EdgeKey")
        mail = asked["OperatorMail"]
        self._operator = operator(self, "EdgeOperator", "cloudwatch", "budgets", mail=mail, key=key)
        monthly_budget(self, size.budget_usd, self._operator)
        zone = self._zone()
        certificate = self._certificate(zone)
        self._watch(certificate)
        firewall = Firewall(self, key, requests_an_address=size.requests_an_address)
        log_without_questions(
            self, distribution=asked["Distribution"], bucket=edge_logs(self, "educounsel-edge")
        )
        tell(
            self,
            Zone=zone.hosted_zone_id,
            Certificate=certificate.certificate_arn,
            Firewall=firewall.acl.attr_arn,
        )

    def _zone(self) -> route53.PublicHostedZone:
        zone = route53.PublicHostedZone(self, "Zone", zone_name=self._domain)
        zone.apply_removal_policy(RemovalPolicy.RETAIN)
        return zone

    def _certificate(self, zone: route53.IHostedZone) -> acm.Certificate:
        return acm.Certificate(
            self,
            "Certificate",
            domain_name=self._domain,
            validation=acm.CertificateValidation.from_dns(zone),
        )

    def _watch(self, certificate: acm.Certificate) -> None:
        alarms = Alarms(self, self._operator)
        seen = seen_from_outside(self, self._domain)
        alarms.call("Not reachable", seen, BELOW, 1, Advice.OUTSIDE, minutes=1, must_speak=True)
        alarms.call_before_it_ends("Edge", certificate)
