"""Three rings: what the internet may reach (the balancer), what may reach out, and the data."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from .config import OUR_ADDRESSES, REGION, WEB_PORT, Size

HTTPS, SMTP, POSTGRES, REDIS = 443, 587, 5432, 6379


class Network(Construct):
    def __init__(self, scope: Construct, *, size: Size, key: kms.IKey, edge_addresses: str) -> None:
        super().__init__(scope, "Network")
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(OUR_ADDRESSES),
            availability_zones=[f"{REGION}{letter}" for letter in "abc"[: size.zones]],
            nat_gateways=size.zones,  # a zone that fails takes nobody else's way out with it
            subnet_configuration=[
                _subnets("Balancer", ec2.SubnetType.PUBLIC, 24),
                _subnets("Machines", ec2.SubnetType.PRIVATE_WITH_EGRESS, 20),
                _subnets("Data", ec2.SubnetType.PRIVATE_ISOLATED, 24),
            ],
            # What machines fetch from and put into the buckets passes no NAT and costs nothing.
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)
            },
        )
        self.edge_addresses_arn = f"arn:aws:ec2:{REGION}:aws:prefix-list/{edge_addresses}"
        self._keep_flow_logs(key)
        self.balancer = self._group("BalancerGroup", "the balancer: from CloudFront only")
        self.web = self._group("WebGroup", "web and sockets: from the balancer only")
        self.workers = self._group("WorkersGroup", "workers: nobody comes in")
        self.database = self._group("DatabaseGroup", "PostgreSQL: from machines only")
        self.redis = self._group("RedisGroup", "Valkey: from machines only")
        self._open_doors(edge_addresses)

    def _keep_flow_logs(self, key: kms.IKey) -> None:
        group = logs.LogGroup(
            self,
            "FlowLog",
            retention=logs.RetentionDays.THREE_MONTHS,
            encryption_key=key,
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.vpc.add_flow_log("Flow", destination=ec2.FlowLogDestination.to_cloud_watch_logs(group))

    def _group(self, name: str, description: str) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            self, name, vpc=self.vpc, description=description, allow_all_outbound=False
        )

    def _open_doors(self, edge_addresses: str) -> None:
        """Each line is a way that data go; there is no other, and none from everywhere."""
        edge = ec2.Peer.prefix_list(edge_addresses)
        self.balancer.add_ingress_rule(edge, ec2.Port.tcp(HTTPS), "CloudFront")
        self.balancer.connections.allow_to(self.web, ec2.Port.tcp(WEB_PORT), "pages and sockets")
        for machines in (self.web, self.workers):
            machines.connections.allow_to(self.database, ec2.Port.tcp(POSTGRES), "rows")
            machines.connections.allow_to(self.redis, ec2.Port.tcp(REDIS), "bells, hints, cache")
            anywhere = ec2.Peer.any_ipv4()
            machines.add_egress_rule(anywhere, ec2.Port.tcp(HTTPS), "AWS, OpenAI, Web Push")
            machines.add_egress_rule(anywhere, ec2.Port.tcp(SMTP), "mail")


def _subnets(name: str, kind: ec2.SubnetType, mask: int) -> ec2.SubnetConfiguration:
    return ec2.SubnetConfiguration(
        name=name,
        subnet_type=kind,
        cidr_mask=mask,
        map_public_ip_on_launch=False if kind == ec2.SubnetType.PUBLIC else None,
    )
