"""What the sockets cost: fan-out, one event, memory, recovery after a cut, churn.

    python bench/realtime.py [SOCKETS] [CHURN]

The server is `manage.py serve` with Redis between it and this process, which publishes and holds
the sockets with the `websockets` library, each with a real session. In the same run the same
clients listen to two plain servers: `websockets.broadcast`, and one `send` after the other. Client
and server share one machine: what the client needs to read is in every figure.
"""

import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.typing import Origin

ROUNDS = 40
AT_ONCE = 50
PLAIN = {"compression": None, "ping_interval": None}
PAGE = os.sysconf("SC_PAGE_SIZE")

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "educounsel.settings"


def main(sockets: int, churn: int) -> None:
    print(f"{sockets} sockets, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as folder, redis_server() as redis_url:
        os.environ |= {
            "EDUCOUNSEL_DATA": folder, "EDUCOUNSEL_DEMO": "0", "REDIS_URL": redis_url,
            "JOB_THREADS": "0", "LOG_LEVEL": "WARNING", "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
        }  # fmt: skip
        import django

        django.setup()
        from tests.flows.conftest import Server

        server = Server(Path(folder))
        server.start()
        try:
            asyncio.run(Ours(server.port, server.process.pid, sockets, churn).measure())
        finally:
            server.stop()
    for kind in ("broadcast", "one by one"):
        with peer(kind) as (port, pid):
            asyncio.run(measure_peer(kind, port, pid, sockets))
    print(f"load {os.getloadavg()[0]:.1f} after")


# --- Ours -----------------------------------------------------------------------------------------


class Ours:
    def __init__(self, port: int, pid: int, sockets: int, churn: int) -> None:
        self.port, self.pid, self.sockets, self.churn = port, pid, sockets, churn

    async def measure(self) -> None:
        from educounsel.accounts.models import Role
        from educounsel.realtime import push

        self.people = make_students(self.sockets)
        school, one = self.people[0][0].school_id, self.people[0][0].pk
        await gather(self.people[:20], self.open_and_close)  # warm
        before = resident(self.pid)
        clients = await gather(self.people, self.open)
        print(
            f"  memory: {(resident(self.pid) - before) / len(clients) / 1024:.1f} KiB a connection"
        )
        all_hear = lambda: push.to_role(school, Role.STUDENT, "notification", {"within": 0})  # noqa: E731
        await fan_out("EduCounsel", self.pid, clients, all_hear)
        one_hears = lambda: push.to_user(one, "notification", {"within": 0})  # noqa: E731
        await fan_out("EduCounsel, to one", self.pid, clients[:1], one_hears)
        await gather(clients, ClientConnection.close)
        await self.recover(self.people[:50])
        await self.open_many()

    async def open(self, person: tuple[Any, str]) -> ClientConnection:
        from educounsel.realtime import protocol

        user, session = person
        client = await connect(
            f"ws://127.0.0.1:{self.port}/app/educounsel",
            origin=Origin(f"http://127.0.0.1:{self.port}"),
            additional_headers={"Cookie": f"session={session}"},
            **PLAIN,
        )
        facts = json.loads(json.loads(await client.recv())["data"])
        for channel in protocol.channels_of(user):
            auth = protocol.sign(facts["socket_id"], channel)
            await client.send(
                json.dumps(
                    {"event": "pusher:subscribe", "data": {"channel": channel, "auth": auth}}
                )
            )
            await client.recv()
        return client

    async def open_and_close(self, person: tuple[Any, str]) -> None:
        await (await self.open(person)).close()

    async def recover(self, people: list[tuple[Any, str]]) -> None:
        """The network is cut, twenty things happen, the pages come back and ask."""
        clients = await gather(people, self.open)
        for client in clients:
            client.transport.abort()
        for number in range(20):
            tell([user.pk for user, _ in people], number)

        async def ask(person: tuple[Any, str]) -> bool:
            client = await self.open(person)
            async with httpx2.AsyncClient(cookies={"session": person[1]}, timeout=60) as http:
                feed = f"http://127.0.0.1:{self.port}/notifications/feed?after=0"
                news = (await http.get(feed)).json()["notifications"]
            await client.close()
            return [each["title"] for each in news] == [f"Kabar {n}" for n in range(20)]

        whole = sum(await gather(people, ask))
        print(f"  recovery: {whole * 20} of {len(people) * 20} in order and once")

    async def open_many(self) -> None:
        from django.core.cache import cache

        clients_of_redis = lambda: len(cache._cache.get_client().client_list())  # noqa: E731
        before, there, started = resident(self.pid), clients_of_redis(), time.perf_counter()
        visits = [self.people[number % len(self.people)] for number in range(self.churn)]
        await gather(visits, self.open_and_close)
        grown = (resident(self.pid) - before) / 1024 / 1024
        print(
            f"  churn: {self.churn} connects in {time.perf_counter() - started:.0f} s, memory"
            f" {grown:+.1f} MiB, Redis clients {there} -> {clients_of_redis()}"
        )


def make_students(count: int) -> list[tuple[Any, str]]:
    """As many students of one school, each signed in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.core.cache import cache

    from educounsel.accounts.models import Role, User
    from educounsel.web.sessions import SessionStore
    from tests.factories import make_school

    cache.clear()
    school = make_school()
    users = User.objects.bulk_create(
        User(school=school, role=Role.STUDENT, name="Siswa", nisn=f"{n:010}", password="!x")
        for n in range(count)
    )
    signed_in = []
    for user in users:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "educounsel.accounts.backends.SchoolAccountBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        signed_in.append((user, session.session_key))
    return signed_in


def tell(ids: list[int], number: int) -> None:
    from educounsel.materi.notices import NewMateri
    from educounsel.notifications.notify import notify

    notify(ids, NewMateri(subject=f"bench:{number}", title=f"Kabar {number}", url="/"))


# --- Peers ----------------------------------------------------------------------------------------


async def measure_peer(kind: str, port: int, pid: int, sockets: int) -> None:
    async def open_one(_: int) -> ClientConnection:
        return await connect(f"ws://127.0.0.1:{port}", **PLAIN)

    conductor = await open_one(0)
    before = resident(pid)
    clients = await gather(list(range(sockets)), open_one)
    print(f"  memory: {(resident(pid) - before) / sockets / 1024:.1f} KiB a connection ({kind})")
    loop = asyncio.get_running_loop()
    await fan_out(kind, pid, clients, lambda: loop.create_task(conductor.send("go")))
    await gather([*clients, conductor], ClientConnection.close)


async def serve_peer(kind: str, port: int) -> None:
    there: set[ServerConnection] = set()
    text = json.dumps({"event": "notification", "data": '{"within": 0}', "channel": "private-x"})

    async def attend(connection: ServerConnection) -> None:
        there.add(connection)
        async for _ in connection:
            listeners = there - {connection}
            if kind == "broadcast":
                broadcast(listeners, text)
            else:
                for listener in listeners:
                    await listener.send(text)
        there.discard(connection)

    async with serve(attend, "127.0.0.1", port, **PLAIN) as server:
        await server.serve_forever()


@contextmanager
def peer(kind: str) -> Iterator[tuple[int, int]]:
    port = free_port()
    process = subprocess.Popen([sys.executable, __file__, "--peer", kind, str(port)])
    try:
        wait_for(port)
        yield port, process.pid
    finally:
        process.kill()
        process.wait()


# --- Measuring ------------------------------------------------------------------------------------


async def fan_out(
    name: str, pid: int, clients: list[ClientConnection], publish: Callable[[], object]
) -> None:
    """From publishing until the last client has it."""
    times = []
    spent = cpu(pid)
    for _ in range(ROUNDS):
        hearing = [asyncio.ensure_future(client.recv()) for client in clients]
        await asyncio.sleep(0)
        started = time.perf_counter()
        publish()
        await asyncio.gather(*hearing)
        times.append((time.perf_counter() - started) * 1000)
    ordered = sorted(times)
    print(
        f"  {name}: to the last of {len(clients)} p50 {statistics.median(ordered):.1f} ms,"
        f" p95 {ordered[int(len(ordered) * 0.95)]:.1f} ms,"
        f" server CPU {(cpu(pid) - spent) / ROUNDS * 1000:.1f} ms a publish"
    )


async def gather[T, R](things: list[T], work: Callable[[T], Awaitable[R]]) -> list[R]:
    """AT_ONCE at a time."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(thing: T) -> R:
        async with turn:
            return await work(thing)

    return list(await asyncio.gather(*(one(thing) for thing in things)))


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE


def cpu(pid: int) -> float:
    """Seconds of user and system time."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def redis_server() -> Iterator[str]:
    program, port = shutil.which("redis-server"), free_port()
    if not program:
        sys.exit("This needs redis-server: apt install redis-server")
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_for(port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
            continue
        return


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        asyncio.run(serve_peer(sys.argv[2], int(sys.argv[3])))
    else:
        numbers = [int(word) for word in sys.argv[1:]]
        main(*(numbers + [1000, 20_000][len(numbers) :]))
