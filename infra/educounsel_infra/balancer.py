"""The balancer: TLS to the machines, and a closed door to whoever does not come by CloudFront."""

from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct

from .config import IDLE_SECONDS, WEB_PORT
from .network import Network
from .origin import ORIGIN_HEADER, OriginHeader

SOCKET_PATHS = ["/app/*"]  # where pusher-js opens its socket


class Balancer(Construct):
    def __init__(
        self,
        scope: Construct,
        *,
        network: Network,
        certificate: acm.ICertificate,
        header: OriginHeader,
    ) -> None:
        super().__init__(scope, "Balancer")
        self._vpc = network.vpc
        self.alb = elb.ApplicationLoadBalancer(
            self,
            "Alb",
            vpc=network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            internet_facing=True,
            security_group=network.balancer,
            idle_timeout=Duration.seconds(IDLE_SECONDS),
            drop_invalid_header_fields=True,
            deletion_protection=True,
        )
        self._listener = self.alb.add_listener(
            "Https",
            port=443,
            certificates=[certificate],
            ssl_policy=elb.SslPolicy.TLS13_RES,
            open=False,
            default_action=elb.ListenerAction.fixed_response(403, content_type="text/plain"),
        )
        from_edge = elb.ListenerCondition.http_header(ORIGIN_HEADER, header.taken)
        to_sockets = [from_edge, elb.ListenerCondition.path_patterns(SOCKET_PATHS)]
        self.sockets = self._way("Sockets", 10, to_sockets, drain_seconds=30)
        self.web = self._way("Web", 20, [from_edge], drain_seconds=60)

    def _way(
        self,
        name: str,
        priority: int,
        conditions: list[elb.ListenerCondition],
        drain_seconds: int,
    ) -> elb.ApplicationTargetGroup:
        targets = elb.ApplicationTargetGroup(
            self,
            f"{name}Targets",
            vpc=self._vpc,
            port=WEB_PORT,
            protocol=elb.ApplicationProtocol.HTTP,
            target_type=elb.TargetType.INSTANCE,
            deregistration_delay=Duration.seconds(drain_seconds),
            # What answers least gets the next one; sockets would else heap up on the oldest.
            load_balancing_algorithm_type=elb.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
            # Whether the process lives, not what it stands on: while the database fails over all
            # machines are well, and say so in a page of their own. None is to be replaced for it.
            health_check=elb.HealthCheck(
                path="/healthz",
                healthy_http_codes="200",
                interval=Duration.seconds(10),
                timeout=Duration.seconds(5),
                healthy_threshold_count=2,
                unhealthy_threshold_count=3,
            ),
        )
        elb.ApplicationListenerRule(
            self,
            f"{name}Rule",
            listener=self._listener,
            priority=priority,
            conditions=conditions,
            action=elb.ListenerAction.forward([targets]),
        )
        return targets
