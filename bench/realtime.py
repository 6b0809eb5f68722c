"""What the sockets cost: fan-out, one event, memory, recovery after a cut, churn.

    python bench/realtime.py [--churn CONNECTS] [SOCKETS ...]

The server is `manage.py serve` with Redis between it and this process, which publishes; each socket
has a real session. The sockets are held by a third process (socket_client.py). In the same run the
same clients listen to other servers (socket_peers.py). All of them share one machine.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from processes import cpu, free_port, resident, running
from socket_peers import Peer, peers

ROUNDS = 60
WARM_UP = 5
CUT, TOLD = 50, 20
type Visit = dict[str, Any]

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "educounsel.settings"


def main(sockets: list[int], churn: int) -> None:
    with tempfile.TemporaryDirectory() as folder, redis_server() as redis_url:
        os.environ |= {
            "EDUCOUNSEL_DATA": folder, "EDUCOUNSEL_DEMO": "0", "REDIS_URL": redis_url,
            "JOB_THREADS": "0", "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        import django

        django.setup()
        from tests.flows.conftest import Server

        server = Server(Path(folder))
        server.start()
        try:
            for count in sockets:
                print(f"{count} sockets, {load()} before")
                measure_ours(server, count)
                for peer in peers():
                    measure_peer(peer, count)
            come_and_go(server, churn)
        finally:
            server.stop()
    print(f"{load()} after")


# --- Ours -----------------------------------------------------------------------------------------


def measure_ours(server: Any, sockets: int) -> None:
    from educounsel.accounts.models import Role
    from educounsel.realtime import push

    port, pid = server.port, server.process.pid
    people = make_students(sockets)
    visits = [visit_of(user, session, port) for user, session in people]
    school, one = people[0][0].school_id, people[0][0].pk

    def all_hear() -> None:
        push.to_role(school, Role.STUDENT, "notification", {"within": 0})

    def one_hears() -> None:
        push.to_user(one, "notification", {"within": 0})

    with client() as crowd:
        crowd.ask("visit", visits=visits[:50])  # warm
        open_all("EduCounsel", pid, crowd, visits)
        fan_out("EduCounsel", pid, crowd, sockets, all_hear)
        fan_out("EduCounsel, to one", pid, crowd, 1, one_hears)
        crowd.ask("cut")
        recover(crowd, port, people[:CUT], visits[:CUT])


def visit_of(user: Any, session: str, port: int) -> Visit:
    from django.conf import settings

    from educounsel.realtime import protocol

    return {
        "port": port,
        "path": f"/app/{settings.REALTIME_KEY}",
        "headers": [f"Origin: http://127.0.0.1:{port}", f"Cookie: session={session}"],
        "channels": protocol.channels_of(user),
        "key": settings.REALTIME_KEY,
        "secret": settings.REALTIME_SECRET,
    }


def recover(crowd: "Crowd", port: int, people: list[tuple[Any, str]], visits: list[Visit]) -> None:
    """The network is cut, twenty things happen, the pages come back and ask."""
    crowd.ask("open", visits=visits)
    crowd.ask("cut")
    for number in range(TOLD):
        tell([user.pk for user, _ in people], number)
    started = time.perf_counter()
    crowd.ask("open", visits=visits)

    def whole(session: str) -> bool:
        feed = f"http://127.0.0.1:{port}/notifications/feed?after=0"
        news = httpx2.get(feed, cookies={"session": session}, timeout=60).json()["notifications"]
        return [each["title"] for each in news] == [f"Kabar {n}" for n in range(TOLD)]

    with ThreadPoolExecutor(CUT) as pages:
        recovered = sum(pages.map(whole, [session for _, session in people]))
    print(
        f"  recovery: {recovered * TOLD} of {len(people) * TOLD} in order and once,"
        f" in {time.perf_counter() - started:.1f} s"
    )
    crowd.ask("cut")


def come_and_go(server: Any, churn: int) -> None:
    """Some at once, each with its subscriptions."""
    from django.core.cache import cache

    pid = server.process.pid
    visits = [visit_of(user, session, server.port) for user, session in make_students(1000)]

    def state() -> str:
        clients_of_redis = len(cache._cache.get_client().client_list())
        return f"{resident(pid) / 2**20:.1f} MiB, {clients_of_redis} Redis clients"

    print(f"churn: {state()} before")
    started, done = time.perf_counter(), 0
    with client() as crowd:
        while done < churn:
            crowd.ask("visit", visits=visits)
            done += len(visits)
            if not done % 5000:
                print(f"  {state()} after {done} connects, {time.perf_counter() - started:.0f} s")


def make_students(count: int) -> list[tuple[Any, str]]:
    """As many students of one school, each signed in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from educounsel.accounts.models import Role, User
    from educounsel.web.sessions import SessionStore
    from tests.factories import make_school

    school = make_school()
    before = User.objects.count()
    users = User.objects.bulk_create(
        User(
            school=school, role=Role.STUDENT, name="Siswa", nisn=f"{before + n:010}", password="!x"
        )
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


def measure_peer(peer: Peer, sockets: int) -> None:
    with client() as crowd:
        visits = [{"port": peer.port, "path": peer.path}] * sockets
        open_all(peer.name, peer.pid, crowd, visits)
        fan_out(peer.name, peer.pid, crowd, sockets, peer.publish)


# --- Measuring ------------------------------------------------------------------------------------


class Crowd:
    """The process that holds the sockets."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.pid, self._into, self._out_of = process.pid, process.stdin, process.stdout

    def ask(self, do: str, **facts: Any) -> dict[str, Any]:
        assert self._into
        self._into.write(json.dumps({"do": do, **facts}) + "\n")
        self._into.flush()
        return self.answer()

    def answer(self) -> dict[str, Any]:
        assert self._out_of
        return json.loads(self._out_of.readline())  # type: ignore[no-any-return]


@contextmanager
def client() -> Iterator[Crowd]:
    words = [sys.executable, str(Path(__file__).with_name("socket_client.py"))]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Crowd(process)
    finally:
        process.kill()
        process.wait()


def open_all(name: str, pid: int, crowd: Crowd, visits: list[Visit]) -> None:
    before, started = resident(pid), time.perf_counter()
    crowd.ask("open", visits=visits)
    print(
        f"  {name}: {(resident(pid) - before) / len(visits) / 1024:.1f} KiB a connection,"
        f" all open in {time.perf_counter() - started:.1f} s"
    )


def fan_out(
    name: str, pid: int, crowd: Crowd, listeners: int, publish: Callable[[], object]
) -> None:
    """From publishing until the last client has it."""
    times = [one_round(crowd, listeners, publish) for _ in range(WARM_UP)]
    spent, spent_reading = cpu(pid), cpu(crowd.pid)
    times = sorted(one_round(crowd, listeners, publish) for _ in range(ROUNDS))
    print(
        f"  {name}: to the last of {listeners} p50 {statistics.median(times):.1f} ms,"
        f" p95 {times[int(len(times) * 0.95)]:.1f} ms, CPU a publish:"
        f" server {(cpu(pid) - spent) / ROUNDS * 1000:.1f} ms,"
        f" client {(cpu(crowd.pid) - spent_reading) / ROUNDS * 1000:.1f} ms, {load()}"
    )


def one_round(crowd: Crowd, listeners: int, publish: Callable[[], object]) -> float:
    """Milliseconds."""
    crowd.ask("listen", count=listeners)
    started = time.perf_counter()
    publish()
    return (crowd.answer()["last_at"] - started) * 1000


def load() -> str:
    return f"load {os.getloadavg()[0]:.1f}"


@contextmanager
def redis_server() -> Iterator[str]:
    program, port = shutil.which("redis-server"), free_port()
    if not program:
        sys.exit("This needs redis-server: apt install redis-server")
    with running([program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""], port):
        yield f"redis://127.0.0.1:{port}/0"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("sockets", type=int, nargs="*", default=[1000, 2000])
    parser.add_argument("--churn", type=int, default=20_000)
    words = parser.parse_args()
    main(words.sockets, words.churn)
