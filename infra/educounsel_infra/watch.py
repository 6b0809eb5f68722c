"""What calls a human, and the one page they then look at."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_rds as rds
from constructs import Construct

from .alarms import ABOVE, BELOW, Alarms
from .balancer import Balancer
from .config import Size
from .data import Data
from .fleets import Fleets
from .machines import Machines
from .valkey import NODES, Valkey

GIB = 1024**3


class Watch(Construct):
    def __init__(self, scope: Construct, alarms: Alarms) -> None:
        super().__init__(scope, "Watch")
        self._alarms = alarms
        self.page = cloudwatch.Dashboard(self, "Dashboard", default_interval=Duration.hours(6))

    def balancer(self, balancer: Balancer) -> None:
        of = balancer.alb.metrics
        server_faults = of.http_code_target(elb.HttpCodeTarget.TARGET_5XX_COUNT, statistic="Sum")
        own_faults = of.http_code_elb(elb.HttpCodeElb.ELB_5XX_COUNT, statistic="Sum")
        slow = of.target_response_time(statistic="p95")
        self._alarms.call("Pages answer 5xx", server_faults, ABOVE, 10, minutes=3)
        self._alarms.call("Balancer reaches no machine", own_faults, ABOVE, 10, minutes=3)
        self._alarms.call("Pages are slow", slow, ABOVE, 1.5, minutes=10)  # seconds
        for name, targets in (("web", balancer.web), ("socket", balancer.sockets)):
            ailing = targets.metrics.unhealthy_host_count(statistic="Maximum")
            self._alarms.call(f"A {name} machine does not answer", ailing, ABOVE, 0, minutes=5)
        self._draw("Pages", of.request_count(), server_faults, own_faults, slow)

    def fleets(self, fleets: Fleets) -> None:
        for machines in fleets.all:
            self._machines(machines)

    def data(self, data: Data, size: Size) -> None:
        self._database(data.database.instance, size)
        self._valkey("Redis", data.redis, forgets=False)
        self._valkey("Cache", data.cache, forgets=True)

    def _machines(self, machines: Machines) -> None:
        name, group = machines.name, machines.scaling.auto_scaling_group_name
        memory, disk = machines.measured("mem_used_percent"), machines.measured("disk_used_percent")
        alive = _metric("AutoScaling", "GroupInServiceInstances", "Minimum", group)
        cpu = _metric("EC2", "CPUUtilization", "Average", group)
        self._alarms.call(
            f"{name}: too few machines", alive, BELOW, machines.fleet.least, minutes=10
        )
        self._alarms.call(f"{name}: memory is short", memory, ABOVE, 90, minutes=10)
        self._alarms.call(f"{name}: disk is filling", disk, ABOVE, 80, minutes=10)
        self._alarms.call(f"{name}: CPU does not rest", cpu, ABOVE, 85, minutes=15)
        self._draw(name, cpu, memory, alive, machines.sockets_a_machine())

    def _database(self, database: rds.DatabaseInstance, size: Size) -> None:
        free = database.metric_free_storage_space(statistic="Minimum")
        memory = database.metric_freeable_memory(statistic="Minimum")
        cpu, connections = database.metric_cpu_utilization(), database.metric_database_connections()
        fifth, most = size.storage_gib * GIB // 5, size.connections
        self._alarms.call("Database: storage runs out", free, BELOW, fifth, minutes=5)
        self._alarms.call("Database: memory is short", memory, BELOW, GIB // 4, minutes=15)
        self._alarms.call("Database: CPU does not rest", cpu, ABOVE, 80, minutes=15)
        self._alarms.call("Database: too many connections", connections, ABOVE, most, minutes=10)
        self._draw("Database", cpu, connections, free, memory)

    def _valkey(self, name: str, valkey: Valkey, *, forgets: bool) -> None:
        for node in NODES:
            used = valkey.measured("DatabaseMemoryUsagePercentage", node)
            cpu = valkey.measured("EngineCPUUtilization", node)
            lag = valkey.measured("ReplicationLag", node)
            title = f"{name} {node}"
            self._alarms.call(f"{title}: CPU does not rest", cpu, ABOVE, 80, minutes=10)
            self._alarms.call(f"{title}: lags behind", lag, ABOVE, 30, minutes=10)  # seconds
            if not forgets:  # it refuses writes when it is full
                self._alarms.call(f"{title}: memory is short", used, ABOVE, 70, minutes=5)
            self._draw(title, used, cpu, lag)

    def _draw(self, title: str, *metrics: cloudwatch.Metric) -> None:
        self.page.add_widgets(
            *(cloudwatch.GraphWidget(title=title, left=[metric], width=6) for metric in metrics)
        )


def _metric(namespace: str, name: str, statistic: str, group: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=f"AWS/{namespace}",
        metric_name=name,
        statistic=statistic,
        dimensions_map={"AutoScalingGroupName": group},
        period=Duration.minutes(1),
    )
