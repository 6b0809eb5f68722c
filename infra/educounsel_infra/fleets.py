"""Machines: the same program in three kinds of work."""

from collections.abc import Mapping

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from .agent import agent_settings
from .balancer import Balancer
from .config import Fleet, Size
from .log_figures import LogFigures
from .machines import Machines
from .network import Network
from .scaling import follow_cpu, follow_queue, follow_sockets


class Fleets(Construct):
    """`told` is what each machine hears at its start; all of them are of one `role`."""

    def __init__(
        self,
        scope: Construct,
        *,
        size: Size,
        network: Network,
        balancer: Balancer,
        role: iam.IRole,
        told: Mapping[str, str],
        log: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, "Fleets")
        self._vpc, self._role, self._told = network.vpc, role, told
        self._log = log
        self.web = self._machines("Web", size.web, network.web, balancer.web)
        self.sockets = self._machines("Sockets", size.sockets, network.web, balancer.sockets)
        self.workers = self._machines("Workers", size.workers, network.workers)
        self.all = (self.web, self.sockets, self.workers)
        self.figures = LogFigures(self, log)
        self._follow_the_load()
        for later in (self.sockets, self.workers):  # the first web machine migrates the database
            later.scaling.node.add_dependency(self.web.scaling)

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
            vpc=self._vpc,
            group=group,
            role=self._role,
            told={**self._told, "AGENT": agent.parameter_name},
            targets=targets,
        )

    def _follow_the_load(self) -> None:
        follow_cpu(self.web.scaling, percent=55)
        follow_sockets(self.sockets.scaling, self.sockets.sockets_a_machine())
        follow_queue(self.workers.scaling, self.figures.queue_age)
