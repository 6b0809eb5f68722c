"""EduCounsel in Jakarta: from the name that a phone asks for down to the rows."""

from aws_cdk import Stack
from aws_cdk import aws_certificatemanager as acm
from constructs import Construct

from .agent import program_log
from .alarms import Alarms
from .asked import HERE, asked_for, tell
from .balancer import Balancer
from .config import Size
from .credentials import Credentials
from .data import Data
from .dns import Dns
from .edge import Edge
from .fleets import Fleets
from .keys import sealing_key
from .network import Network
from .origin import OriginHeader
from .pager import operator
from .role import machine_role
from .signers import Signers
from .storage import Storage
from .told import told_to_machines
from .watch import Watch


class EduCounsel(Stack):
    def __init__(self, scope: Construct, name: str, size: Size, **options: object) -> None:
        super().__init__(scope, name, **options)  # type: ignore[arg-type]
        self._size = size
        self._asked = asked_for(self, HERE)
        self._key = sealing_key(self, "Key")
        mail, publishers = self._asked["OperatorMail"], ("cloudwatch", "events")
        self._operator = operator(self, "Operator", *publishers, mail=mail, key=self._key)
        self._network = Network(
            self, size=size, key=self._key, edge_addresses=self._asked["EdgeAddresses"]
        )
        self._credentials = Credentials(self, self._key)
        self._keep_data()
        self._open_to_the_world()
        self._set_to_work()
        self._watch()

    def _keep_data(self) -> None:
        self._storage = Storage(self)
        self._data = Data(
            self,
            size=self._size,
            asked=self._asked,
            network=self._network,
            credentials=self._credentials,
            files=self._storage.files,
            key=self._key,
            operator=self._operator,
        )

    def _open_to_the_world(self) -> None:
        dns = Dns(self, domain=self._asked["Domain"], zone=self._asked["Zone"])
        self._certificate = dns.origin_certificate
        header = OriginHeader(self, asked=self._asked, secret=self._credentials.origin)
        self._balancer = Balancer(
            self, network=self._network, certificate=self._certificate, header=header
        )
        self._signers = Signers(self, asked=self._asked, credentials=self._credentials)
        self._edge = Edge(
            self,
            domain=dns.domain,
            origin_name=dns.origin,
            header=header,
            files=self._storage.files,
            certificate=acm.Certificate.from_certificate_arn(
                self, "EdgeCertificate", self._asked["Certificate"]
            ),
            firewall=self._asked["Firewall"],
            signers=self._signers.group,
        )
        # A new value of the header is taken before any place of the edge shows it.
        self._edge.distribution.node.add_dependency(self._balancer)
        tell(self, Distribution=self._edge.distribution.distribution_id)
        dns.lead_to(self._edge.distribution, self._balancer.alb)

    def _set_to_work(self) -> None:
        log = program_log(self, self._key)
        role = machine_role(
            self,
            storage=self._storage,
            credentials=self._credentials,
            data=self._data,
            key=self._key,
            log=log,
            edge_addresses=self._network.edge_addresses_arn,
        )
        told = told_to_machines(
            self,
            asked=self._asked,
            storage=self._storage,
            credentials=self._credentials,
            data=self._data,
            signers=self._signers,
        )
        self._fleets = Fleets(
            self,
            size=self._size,
            network=self._network,
            balancer=self._balancer,
            role=role,
            told=told,
            log=log,
        )

    def _watch(self) -> None:
        alarms = Alarms(self, self._operator)
        alarms.call_before_it_ends("Balancer", self._certificate)
        watch = Watch(self, alarms)
        watch.balancer(self._balancer)
        watch.fleets(self._fleets)
        watch.data(self._data, self._size)
