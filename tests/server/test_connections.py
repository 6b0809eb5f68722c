"""What one connection may send, how long it may take, and how many there may be."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPResponse

import httpx2
import pytest

from educounsel.server import connections
from educounsel.server.limits import most_connections
from tests.cast import make_cast
from tests.flows.server import Server
from tests.realtime.conftest import handshake
from tests.server.conftest import Wire, answer, head

soon = pytest.mark.parametrize("port", [{"timeout_keep_alive": 0.2}], indirect=True)
long = pytest.mark.parametrize("port", [{"timeout_keep_alive": 600}], indirect=True)
FEW = 200


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)


def wait_until_closed(connection: socket.socket) -> None:
    with suppress(ConnectionResetError):
        while connection.recv(65536):
            pass


@soon
@pytest.mark.parametrize("sent", [b"", b"GET /login HTT", head("GET /login")[:-2]])
def test_a_head_that_does_not_end_is_not_waited_for(hurried: None, wire: Wire, sent: bytes) -> None:
    wait_until_closed(wire(sent))


def test_letters_that_keep_coming_do_not_help(hurried: None, wire: Wire) -> None:
    drip_until_closed(wire(b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "))


def drip_until_closed(connection: socket.socket) -> None:
    connection.settimeout(0.05)
    with suppress(ConnectionError):
        while is_open(connection):
            connection.sendall(b"x")


def is_open(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) != b""
    except TimeoutError:
        return True
    except ConnectionResetError:
        return False


@soon
def test_a_body_that_nobody_waits_for_does_not_keep_a_connection(hurried: None, wire: Wire) -> None:
    connection = wire(head("POST /healthz", Content_Length=5000) + b"x")
    assert answer(connection)[0] == 405
    drip_until_closed(connection)


@long
def test_an_idle_connection_outlives_its_balancer(hurried: None, wire: Wire) -> None:
    """What has not begun is waited for; what has begun is not, however long it may be idle."""
    new, kept, begun = wire(b""), wire(head("GET /healthz")), wire(head("GET /healthz"))
    assert (answer(kept)[0], answer(begun)[0]) == (200, 200)
    answered_before = wire(head("POST /healthz", Content_Length=2) + b"x")
    assert answer(answered_before)[0] == 405
    answered_before.sendall(b"x")
    begun.sendall(b"GET /")
    drip_until_closed(begun)
    for connection in (new, kept, answered_before):
        connection.sendall(head("GET /healthz"))
        assert answer(connection) == (200, "ok")


@long
def test_half_a_head_behind_a_request_is_not_waited_for(hurried: None, wire: Wire) -> None:
    wait_until_closed(wire(head("GET /healthz") + b"GET /heal"))


@soon
def test_a_socket_is_no_idle_connection(hurried: None, wire: Wire, port: int) -> None:
    with handshake(make_cast().sari, port) as opened:
        wait_until_closed(wire(b""))
        opened.settimeout(0.05)
        assert is_open(opened)


@pytest.mark.parametrize(
    "sent",
    [
        head("GET /login", Cookie="x" * 40_000),
        head("GET /login", Cookie="x" * 40_000)[:-4],
        head(f"GET /login?{'x' * 40_000}"),
        head("GET /login", **{f"X{number}": "" for number in range(2000)}),
        head("POST /login", Transfer_Encoding="chunked") + b"1\r\nx\r\n0\r\nX: " + b"x" * 400_000,
    ],
    ids=["header", "header without end", "address", "many headers", "trailer"],
)
def test_a_head_that_is_too_large_is_refused(wire: Wire, sent: bytes) -> None:
    status, sentence = answer(wire(sent))
    assert (status, "Hapus kuki" in sentence) == (431, True)


def test_only_who_may_come_again_is_told_when(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    assert retry_after(wire(head("GET /login", Cookie="x" * 40_000))) is None
    monkeypatch.setattr(connections, "most_connections", lambda: 0)
    assert retry_after(wire(b"")) == "10"


def retry_after(connection: socket.socket) -> str | None:
    response = HTTPResponse(connection)
    response.begin()
    return response.headers["Retry-After"]


@pytest.mark.parametrize(("files", "most"), [(50, 10), (100, 10), (200, 100), (1024, 768)])
def test_there_may_be_connections_however_few_the_files(
    monkeypatch: pytest.MonkeyPatch, files: int, most: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (files, files))
    assert most_connections() == most


def test_what_is_no_request_is_refused_as_before(wire: Wire) -> None:
    assert answer(wire(b"\x16\x03\x01\r\n\r\n"))[0] == 400


def test_a_connection_is_kept_for_what_comes_next(wire: Wire) -> None:
    connection = wire(head("GET /healthz"))
    assert answer(connection) == (200, "ok")
    connection.sendall(head("GET /healthz") + head("GET /healthz", Connection="close"))
    with connection.makefile("rb") as answers:
        assert answers.read().count(b"HTTP/1.1 200 OK") == 2


def test_more_connections_than_there_may_be_are_told_so(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "most_connections", lambda: 2)
    first, second = (wire(head("GET /healthz")) for _ in range(2))
    assert (answer(first)[0], answer(second)[0]) == (200, 200)
    status, sentence = answer(wire(b""))
    assert (status, "sedang penuh" in sentence) == (503, True)
    wait_until_closed(first)  # kept for some seconds, then let go
    assert answer(wire(head("GET /healthz"))) == (200, "ok")


@pytest.fixture
def few_files(served: Server) -> Iterator[ExitStack]:
    assert served.process
    pid = served.process.pid
    _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (FEW, hard))
    with ExitStack() as opened:
        yield opened
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (hard, hard))


def test_more_connections_than_files_fill_no_log(served: Server, few_files: ExitStack) -> None:
    before = len(served.log.read_bytes())
    address = ("127.0.0.1", served.port)
    crowd = [
        few_files.enter_context(socket.create_connection(address, timeout=20))
        for _ in range(FEW + 50)
    ]
    assert answer(crowd[-1])[0] == 503
    few_files.close()
    while httpx2.get(f"{served.url}/login", timeout=20).status_code == 503:
        pass
    assert len(served.log.read_bytes()) - before < 1000


def test_a_server_takes_the_files_that_it_may(served: Server) -> None:
    assert served.process
    soft, hard = resource.prlimit(served.process.pid, resource.RLIMIT_NOFILE)
    assert soft in (hard, 65_536)
