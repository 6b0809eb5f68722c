"""What calls a human, and the one page they then look at."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_rds as rds
from constructs import Construct

from .advice import Advice
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
        self._call = alarms.call
        self._page = cloudwatch.Dashboard(self, "Dashboard", default_interval=Duration.hours(6))

    def balancer(self, balancer: Balancer) -> None:
        of = balancer.alb.metrics
        faults = of.http_code_target(elb.HttpCodeTarget.TARGET_5XX_COUNT, statistic="Sum")
        own_faults = of.http_code_elb(elb.HttpCodeElb.ELB_5XX_COUNT, statistic="Sum")
        slow = of.target_response_time(statistic="p95")
        self._call("Pages answer 5xx", faults, ABOVE, 10, Advice.PAGES, minutes=3)
        self._call("Balancer reaches no machine", own_faults, ABOVE, 10, Advice.PAGES, minutes=3)
        self._call("Pages are slow", slow, ABOVE, 1.5, Advice.PAGES, minutes=10)  # seconds
        for name, targets in (("web", balancer.web), ("socket", balancer.sockets)):
            ailing = targets.metrics.unhealthy_host_count(statistic="Maximum")
            what = f"A {name} machine does not answer"
            self._call(what, ailing, ABOVE, 0, Advice.MACHINE, minutes=5)
        self._draw("Pages", of.request_count(), faults, own_faults, slow)

    def fleets(self, fleets: Fleets) -> None:
        figures = fleets.figures
        age, failed, spent = figures.queue_age, figures.failed_jobs, figures.ai_budget
        self._call("Jobs wait", age, ABOVE, 60, Advice.QUEUE, minutes=3, must_speak=True)
        self._call("Jobs failed", failed, ABOVE, 0, Advice.FAILED_JOBS, minutes=1)
        # Told each hour: in two of them at least once.
        self._call("The AI has cost much", spent, ABOVE, 80, Advice.AI_BUDGET, minutes=120)
        self._draw("Jobs", age, failed)
        self._draw("What the AI cost of its month", spent)
        for machines in fleets.all:
            self._machines(machines)

    def _machines(self, of: Machines) -> None:
        name, group, least = of.name, of.scaling.auto_scaling_group_name, of.fleet.least
        memory, disk = of.measured("mem_used_percent"), of.measured("disk_used_percent")
        alive = _metric("AutoScaling", "GroupInServiceInstances", "Minimum", group)
        cpu = _metric("EC2", "CPUUtilization", "Average", group)
        few = f"{name}: too few machines"
        self._call(few, alive, BELOW, least, Advice.TOO_FEW, minutes=10, must_speak=True)
        self._call(f"{name}: memory is short", memory, ABOVE, 90, Advice.WORN, minutes=10)
        self._call(f"{name}: disk is filling", disk, ABOVE, 80, Advice.WORN, minutes=10)
        self._call(f"{name}: CPU does not rest", cpu, ABOVE, 85, Advice.WORN, minutes=15)
        self._draw(name, cpu, memory, alive, of.sockets_a_machine())

    def data(self, data: Data, size: Size) -> None:
        self._database(data.database.instance, size)
        self._valkey("Redis", data.redis, forgets=False)
        self._valkey("Cache", data.cache, forgets=True)

    def _database(self, database: rds.DatabaseInstance, size: Size) -> None:
        free = database.metric_free_storage_space(statistic="Minimum")
        memory = database.metric_freeable_memory(statistic="Minimum")
        cpu, connections = database.metric_cpu_utilization(), database.metric_database_connections()
        worn, fifth, many = Advice.DATABASE, size.storage_gib * GIB // 5, size.connections
        ends = "Database: storage runs out"
        self._call(ends, free, BELOW, fifth, Advice.STORAGE, minutes=5, must_speak=True)
        self._call("Database: memory is short", memory, BELOW, GIB // 4, worn, minutes=15)
        self._call("Database: CPU does not rest", cpu, ABOVE, 80, worn, minutes=15)
        self._call("Database: too many connections", connections, ABOVE, many, worn, minutes=10)
        self._draw("Database", cpu, connections, free, memory)

    def _valkey(self, name: str, valkey: Valkey, *, forgets: bool) -> None:
        for node in NODES:
            used = valkey.measured("DatabaseMemoryUsagePercentage", node)
            cpu = valkey.measured("EngineCPUUtilization", node)
            lag = valkey.measured("ReplicationLag", node)
            title, worn = f"{name} {node}", Advice.VALKEY
            self._call(f"{title}: CPU does not rest", cpu, ABOVE, 80, worn, minutes=10)
            self._call(f"{title}: lags behind", lag, ABOVE, 30, worn, minutes=10)  # seconds
            if not forgets:  # it refuses writes when it is full
                self._call(f"{title}: memory is short", used, ABOVE, 70, worn, minutes=5)
            self._draw(title, used, cpu, lag)

    def _draw(self, title: str, *metrics: cloudwatch.Metric) -> None:
        self._page.add_widgets(
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
