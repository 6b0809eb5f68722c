"""EduCounsel in Jakarta: from the name that a phone asks for down to the rows."""

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_s3 as s3
from constructs import Construct

from .agent import agent_settings
from .asked import HERE, asked_for
from .backup import Backup
from .balancer import Balancer
from .compute import Machines
from .config import Fleet, Size
from .credentials import Credentials
from .database import Database
from .edge import Edge
from .keys import sealing_key
from .network import Network
from .pager import operator
from .role import machine_role
from .storage import Storage
from .valkey import Valkey
from .watch import Watch


class EduCounsel(Stack):
    def __init__(self, scope: Construct, name: str, size: Size, **options: object) -> None:
        super().__init__(scope, name, **options)  # type: ignore[arg-type]
        self._size = size
        self._asked = asked_for(self, HERE)
        self._key = sealing_key(self)
        self._operator = operator(
            self, self._asked["OperatorMail"], self._key, "cloudwatch", "autoscaling", "backup"
        )
        self._network = Network(
            self, size=size, key=self._key, edge_addresses=self._asked["EdgeAddresses"]
        )
        self._storage = Storage(self)
        self._credentials = Credentials(self, self._key)
        self._keep_data()
        self._open_to_the_world()
        self._set_to_work()
        self._watch()

    def _keep_data(self) -> None:
        self._database = Database(self, size=self._size, network=self._network, key=self._key)
        self._redis = Valkey(
            self,
            "Redis",
            node=self._size.redis,
            when_full="noeviction",
            password=self._credentials.redis,
            network=self._network,
            key=self._key,
        )
        self._cache = Valkey(
            self,
            "Cache",
            node=self._size.cache,
            when_full="allkeys-lru",
            password=self._credentials.cache,
            network=self._network,
            key=self._key,
        )
        Backup(
            self,
            database=self._database.instance,
            files=self._storage.files,
            key=self._key,
        )

    def _open_to_the_world(self) -> None:
        domain = self._asked["Domain"]
        origin = f"origin.{domain}"
        zone = route53.HostedZone.from_hosted_zone_attributes(
            self, "NamedZone", hosted_zone_id=self._asked["Zone"], zone_name=domain
        )
        self._balancer = Balancer(
            self,
            network=self._network,
            # CloudFront asks by the first name and connects to the second.
            certificate=acm.Certificate(
                self,
                "OriginCertificate",
                domain_name=domain,
                subject_alternative_names=[origin],
                validation=acm.CertificateValidation.from_dns(zone),
            ),
            secret=self._credentials.origin,
            logs=self._storage.logs,
        )
        self._edge = Edge(
            self,
            domain=domain,
            origin_name=origin,
            origin_secret=self._credentials.origin,
            files=self._storage.files,
            certificate=acm.Certificate.from_certificate_arn(
                self, "EdgeCertificate", self._asked["Certificate"]
            ),
            firewall=self._asked["Firewall"],
            public_key=self._asked["PublicKey"],
            logs=s3.Bucket.from_bucket_attributes(
                self, "LogsOfEdge", bucket_name=self._asked["EdgeLogs"], region="us-east-1"
            ),
        )
        to_edge = route53.RecordTarget.from_alias(targets.CloudFrontTarget(self._edge.distribution))
        route53.ARecord(self, "Alias", zone=zone, target=to_edge)
        route53.AaaaRecord(self, "AliasV6", zone=zone, target=to_edge)
        to_balancer = route53.RecordTarget.from_alias(
            targets.LoadBalancerTarget(self._balancer.alb)
        )
        route53.ARecord(self, "OriginAlias", zone=zone, record_name="origin", target=to_balancer)

    def _set_to_work(self) -> None:
        self._log = logs.LogGroup(
            self,
            "Log",
            retention=logs.RetentionDays.THREE_MONTHS,
            encryption_key=self._key,
            removal_policy=RemovalPolicy.RETAIN,
        )
        credentials = self._credentials
        self._role = machine_role(
            self,
            files=self._storage.files,
            releases=self._storage.releases,
            secrets=[
                credentials.settings,
                credentials.signing_key,
                credentials.redis,
                credentials.cache,
                self._database.secret,
            ],
            key=self._key,
            log=self._log,
        )
        size, network, balancer = self._size, self._network, self._balancer
        self._web = self._machines("Web", size.web, network.web, balancer.web)
        self._web.follow_cpu(55)
        self._sockets = self._machines("Sockets", size.sockets, network.web, balancer.sockets)
        self._sockets.follow_sockets()
        self._workers = self._machines("Workers", size.workers, network.workers)
        self._workers.follow_cpu(50)
        for later in (self._sockets, self._workers):  # the first web machine migrates the database
            later.scaling.node.add_dependency(self._web.scaling)

    def _machines(
        self,
        name: str,
        fleet: Fleet,
        group: ec2.ISecurityGroup,
        targets: elb.ApplicationTargetGroup | None = None,
    ) -> Machines:
        agent = agent_settings(self, name.lower(), self._log)
        return Machines(
            self,
            name,
            fleet=fleet,
            vpc=self._network.vpc,
            group=group,
            role=self._role,
            boot={**self._boot(), "AGENT": agent.parameter_name},
            operator=self._operator,
            targets=targets,
        )

    def _boot(self) -> dict[str, str]:
        """Names and addresses only: what is secret a machine asks Secrets Manager for."""
        credentials, storage = self._credentials, self._storage
        return {
            "AWS_REGION": self.region,
            "STACK": self.stack_name,
            "RELEASE": self._asked["Release"],
            "RELEASES": storage.releases.bucket_name,
            "FILES": storage.files.bucket_name,
            "DOMAIN": self._asked["Domain"],
            "SIGNING_KEY_ID": self._edge.signer.public_key_id,
            "SIGNING_KEY": credentials.signing_key.secret_arn,
            "SETTINGS": credentials.settings.secret_arn,
            "DATABASE": self._database.secret.secret_arn,
            "DATABASE_HOST": self._database.instance.db_instance_endpoint_address,
            "REDIS": credentials.redis.secret_arn,
            "REDIS_HOST": self._redis.address,
            "CACHE": credentials.cache.secret_arn,
            "CACHE_HOST": self._cache.address,
        }

    def _watch(self) -> None:
        watch = Watch(self, self._operator)
        watch.balancer(self._balancer)
        for machines in (self._web, self._sockets, self._workers):
            watch.machines(machines)
        watch.database(self._database.instance, self._size)
        watch.valkey("Redis", self._redis, forgets=False)
        watch.valkey("Cache", self._cache, forgets=True)
        watch.backups()
