"""How large each size is. What for, and what it costs: docs/aws.md and docs/scale.md."""

from dataclasses import dataclass

REGION = "ap-southeast-3"  # Jakarta: near the students, and their data stay in the country
OUR_ADDRESSES = "10.0.0.0/16"
WEB_PORT = 8000
# Over the ping of a quiet socket and the wait for its answer (90 s), with room for a lost one, and
# under KEEP_ALIVE_SECONDS of the program (deploy/aws/environment.py).
IDLE_SECONDS = 300
SOCKETS_A_MACHINE = 8_000


@dataclass(frozen=True)
class Fleet:
    """Machines of one kind of work; their number follows the load. Each runs one process, which
    uses one core well: so many small ones."""

    machine: str
    least: int
    most: int


@dataclass(frozen=True)
class Size:
    name: str
    zones: int
    web: Fleet
    sockets: Fleet
    workers: Fleet
    database: str
    storage_gib: int
    connections: int  # from how many an operator is called; the machine takes a quarter more
    redis: str
    cache: str
    requests_an_address: int  # in five minutes: a whole school may stand behind one address
    budget_usd: int  # a month


SIZES = {
    size.name: size
    for size in (
        Size(
            name="school",  # 1,000 students
            zones=2,
            web=Fleet("t4g.small", 2, 4),
            sockets=Fleet("t4g.small", 2, 4),
            workers=Fleet("t4g.small", 2, 4),
            database="t4g.medium",
            storage_gib=50,
            connections=300,
            redis="cache.t4g.small",
            cache="cache.t4g.micro",
            requests_an_address=20_000,
            budget_usd=600,
        ),
        Size(
            name="district",  # 100,000 students
            zones=3,
            web=Fleet("c7g.large", 3, 24),
            sockets=Fleet("c7g.large", 3, 6),
            workers=Fleet("c7g.large", 3, 8),
            database="r7g.xlarge",
            storage_gib=500,
            connections=2_500,
            redis="cache.m7g.large",
            cache="cache.m7g.large",
            requests_an_address=40_000,
            budget_usd=5_000,
        ),
        Size(
            name="cell",  # 1,000,000 students: one of the fifty that make a nation
            zones=3,
            web=Fleet("c7g.large", 3, 160),
            sockets=Fleet("c7g.large", 3, 40),
            workers=Fleet("c7g.large", 3, 24),
            database="r7g.4xlarge",
            storage_gib=4_000,
            connections=4_000,
            redis="cache.r7g.xlarge",
            cache="cache.r7g.large",
            requests_an_address=40_000,
            budget_usd=25_000,
        ),
    )
}
