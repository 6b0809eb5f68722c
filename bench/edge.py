"""What a file costs at its origin, and what at the edge: CPU a request, in one run.

    python bench/edge.py [ROUNDS]

There are two origins, and both decide whether this student may read the file, by the session, and
lead to a link. `alone` is the embedded profile: the application (`manage.py serve`) gives the bytes
as well. `with S3` is production without an edge: S3 (SeaweedFS) checks its own signature and gives
them. The edge is nginx with the file in its cache (deploy/nginx/): it checks CloudFront's signature
and gives the same bytes. The redirect to a link is the application's with an edge too, once a link:
so it is shown apart. TLS costs the same wherever it ends, so all are compared without it, and the
edge is measured with it as well. CPU is user and system time from /proc; times by the clock hold
this client too.
"""

import http.client
import os
import ssl
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from processes import cpu

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "educounsel.settings"

THUMBNAIL_BYTES = 40_000  # as large as one is stored
PDF_BYTES = 5_000_000
PIECE = "bytes=1000000-1065535"


@dataclass
class Kind:
    """A way to ask for a file, and how many times less its CPU at the edge must be."""

    name: str
    address: str
    link: str
    promised: float
    requests: int
    headers: dict[str, str] = field(default_factory=dict)


def main(rounds: int) -> None:
    from deploy.rehearsal.keys import LinkKey
    from deploy.rehearsal.seaweed import Seaweed
    from deploy.rehearsal.service import free_port

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seaweed, key = Seaweed(folder / "s3", free_port()), LinkKey(folder / "key")
        edge = edge_with_a_plain_door(folder / "edge", seaweed.account("edge"), key)
        server = application(folder / "data", seaweed)
        alone = type(server)(server.data, {"S3_BUCKET": ""})
        started: list[Any] = []
        try:
            for each in (seaweed, server, alone, edge):
                edge.applications = [server.port or 1]
                each.start()
                started.append(each)
            kinds, cookie = school_with_files(seaweed, edge, key, server.data)
            pids = {
                "alone": [alone.process.pid], "application": [server.process.pid],
                "S3": [seaweed.process.pid], "edge": list(edge.workers()),
            }  # fmt: skip
            ways = {
                "redirect": Origin(server.port, cookie).redirect,
                "alone": Origin(alone.port, cookie).read,
                "with S3": Origin(server.port, cookie).read,
                "hit": Hit(edge.domain, plainly(edge)).read,
                "hit by TLS": Hit(edge.domain, by_tls(edge)).read,
            }
            measure(kinds, ways, pids, rounds)
        finally:
            for each in reversed(started):
                each.stop()


def edge_with_a_plain_door(folder: Path, bucket: Any, key: Any) -> Any:
    from deploy.rehearsal.edge import Edge
    from deploy.rehearsal.service import free_port

    class Measured(Edge):
        door = free_port()

        def prepare(self) -> None:
            super().prepare()
            file = self.folder / "nginx.conf"
            tls = f"listen 127.0.0.1:{self.port} ssl"
            doors = f"listen 127.0.0.1:{self.door};\n        {tls}"
            file.write_text(file.read_text().replace(tls, doors))

    return Measured(folder, free_port(), bucket, {key.id: key.public})


def application(folder: Path, seaweed: Any) -> Any:
    import django

    folder.mkdir()
    os.environ |= {
        "EDUCOUNSEL_DATA": str(folder), "EDUCOUNSEL_DEMO": "0", "JOB_THREADS": "0",
        "LOG_LEVEL": "WARNING", "S3_BUCKET": seaweed.bucket, "S3_ENDPOINT_URL": seaweed.endpoint,
        "S3_ACCESS_KEY_ID": seaweed.access_key, "S3_SECRET_ACCESS_KEY": seaweed.secret_key,
    }  # fmt: skip
    django.setup()
    from tests.flows.conftest import Server

    return Server(folder)


# --- Measuring ------------------------------------------------------------------------------------


type Ask = Callable[[Kind], object]
# Milliseconds a request: of CPU by process, and of "clock".
type Spent = dict[str, float]


def measure(
    kinds: list[Kind], ways: dict[str, Ask], pids: dict[str, list[int]], rounds: int
) -> None:
    print(f"{rounds} rounds of each in turns, load {os.getloadavg()[0]:.1f} before")
    kept = []
    for kind in kinds:
        contents = {ask(kind) for name, ask in ways.items() if name != "redirect"}
        assert len(contents) == 1, "not the same bytes"
        turns = [
            {name: spend(partial(ask, kind), times(kind, name), pids) for name, ask in ways.items()}
            for _ in range(rounds)
        ]
        kept.append(tell(kind, {name: median([turn[name] for turn in turns]) for name in ways}))
    print(f"load {os.getloadavg()[0]:.1f} after")
    sys.exit(0 if all(kept) else "The edge is less than was promised.")


def times(kind: Kind, way: str) -> int:
    """A hit is so short that the clock of /proc, 10 ms, would be too coarse for a few."""
    return kind.requests * (5 if way.startswith("hit") else 1)


def spend(ask: Callable[[], object], times: int, pids: dict[str, list[int]]) -> Spent:
    before, began = used(pids), time.perf_counter()
    for _ in range(times):
        ask()
    clock = time.perf_counter() - began
    after = used(pids)
    spent = {name: after[name] - before[name] for name in pids} | {"clock": clock}
    return {name: seconds / times * 1000 for name, seconds in spent.items()}


def used(pids: dict[str, list[int]]) -> Spent:
    return {name: sum(map(cpu, some)) for name, some in pids.items()}


def median(rounds: list[Spent]) -> Spent:
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


def tell(kind: Kind, spent: dict[str, Spent]) -> bool:
    hit, tls = spent["hit"], spent["hit by TLS"]
    alone = spent["alone"]["alone"]
    application, s3 = spent["with S3"]["application"], spent["with S3"]["S3"]
    print(
        f"  {kind.name}: alone {alone:.2f} ms, with S3 {application + s3:.2f} ms (S3 {s3:.2f});"
        f" edge {hit['edge']:.3f} ms, by TLS {tls['edge']:.3f} ms;"
        f" redirect {spent['redirect']['application']:.2f} ms\n"
        f"    alone {alone / hit['edge']:.1f} times the edge (promised {kind.promised:.0f}),"
        f" with S3 {(application + s3) / hit['edge']:.1f}, S3's part {s3 / hit['edge']:.1f}\n"
        f"    on a hit: applications {hit['alone'] + hit['application']:.4f} ms,"
        f" S3 {hit['S3']:.4f} ms; by the clock: "
        + ", ".join(f"{name} {each['clock']:.1f} ms" for name, each in spent.items())
    )
    return alone / hit["edge"] >= kind.promised and hit["application"] < application / 100


# --- Asking ---------------------------------------------------------------------------------------


class Origin:
    """The application with the reader's session, and S3 where it sends the reader there."""

    def __init__(self, port: int, cookie: str) -> None:
        self._cookie = {"Cookie": cookie}
        self._application = http.client.HTTPConnection("127.0.0.1", port)
        self._s3: http.client.HTTPConnection | None = None

    def redirect(self, kind: Kind) -> str:
        answer, _ = answer_of(self._application, kind.address, self._cookie)
        assert answer.status == 302, answer.status
        return str(answer.headers["Location"])

    def read(self, kind: Kind) -> bytes:
        link = self.redirect(kind)
        if link.startswith("/"):
            return ask(self._application, link, kind.headers | self._cookie)[0]
        if self._s3 is None:
            self._s3 = http.client.HTTPConnection(urlsplit(link).netloc)
        return ask(self._s3, link, kind.headers)[0]


def plainly(edge: Any) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", edge.door)


def by_tls(edge: Any) -> http.client.HTTPConnection:
    trust = ssl.create_default_context(cafile=str(edge.certificate))
    return http.client.HTTPSConnection("127.0.0.1", edge.port, context=trust)


class Hit:
    """By either door, under the one name that links are signed for. The first fills the cache."""

    known: ClassVar[set[str]] = set()

    def __init__(self, domain: str, connection: http.client.HTTPConnection) -> None:
        self._host, self._connection = {"Host": domain}, connection

    def read(self, kind: Kind) -> bytes:
        headers = self._host | kind.headers
        content, cache = ask(self._connection, kind.link, headers)
        if cache == "MISS" and kind.link not in self.known:
            self.known.add(kind.link)
            return self.read(kind)
        assert cache == "HIT", "S3 was asked"
        return content


def ask(
    connection: http.client.HTTPConnection, link: str, headers: dict[str, str]
) -> tuple[bytes, str | None]:
    parts = urlsplit(link)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    answer, content = answer_of(connection, target, headers)
    assert answer.status in {200, 206}, content[:300]
    return content, answer.headers["X-Cache"]


def answer_of(
    connection: http.client.HTTPConnection, target: str, headers: dict[str, str]
) -> tuple[http.client.HTTPResponse, bytes]:
    """On the same connection, unless it was closed while others had their turn."""
    try:
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
    except (http.client.RemoteDisconnected, ConnectionError):
        connection.close()
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
    return answer, answer.read()


def school_with_files(seaweed: Any, edge: Any, key: Any, data: Path) -> tuple[list[Kind], str]:
    """Files in the bucket and in the folder of the embedded profile; a student's session."""
    from django.core.files.storage import default_storage
    from django.test import Client

    from educounsel.materi import publishing
    from educounsel.materi.uploads import Pdf
    from tests.factories import make_class, make_guru, make_school, make_student
    from tests.materi.shelf import draft
    from tests.production.edge.conftest import storage_of

    school = make_school()
    of_class = make_class(school)
    student, guru = make_student(of_class), make_guru(school, "Bu Guru", of_class)
    materi = publishing.save(
        draft(guru), [of_class],
        thumbnail=os.urandom(THUMBNAIL_BYTES), pdf=Pdf(os.urandom(PDF_BYTES), ()),
    )  # fmt: skip
    publishing.publish(materi)
    for name in (str(materi.thumbnail), str(materi.pdf)):
        (data / "files" / name).parent.mkdir(parents=True, exist_ok=True)
        (data / "files" / name).write_bytes(default_storage.open(name).read())
    client = Client()
    client.force_login(student)
    storage = storage_of(seaweed, edge.domain, key)

    def link(name: str) -> str:
        return str(storage.url(name, {"response-content-disposition": "inline"}, expire=7200))

    picture = f"/materi/{materi.pk}/thumbnail", link(str(materi.thumbnail))
    pdf = f"/student/materi/{materi.pk}/file", link(str(materi.pdf))
    kinds = [
        Kind("thumbnail, 40 KB", *picture, promised=10, requests=100),
        Kind("PDF, 5 MB", *pdf, promised=8, requests=30),
        Kind("64 KB of the PDF", *pdf, promised=10, requests=100, headers={"Range": PIECE}),
    ]
    return kinds, f"session={client.cookies['session'].value}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
