"""EduCounsel as it is served, on a port of its own, and connections made by hand."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPResponse
from pathlib import Path

import pytest

from tests.flows.server import Server
from tests.realtime.conftest import port

__all__ = ["port"]
type Wire = Callable[[bytes], socket.socket]


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`manage.py serve`, without a school."""
    server = Server(Path(tmp_path_factory.mktemp("served")), {"EDUCOUNSEL_DEMO": "0"})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def wire(port: int) -> Iterator[Wire]:
    """A connection that has sent these bytes."""
    with ExitStack() as opened:

        def open_one(sent: bytes) -> socket.socket:
            address = ("127.0.0.1", port)
            connection = opened.enter_context(socket.create_connection(address, timeout=20))
            connection.sendall(sent)
            return connection

        yield open_one


def head(line: str, **headers: str | int) -> bytes:
    """Of a request: its line and headers, `Content_Length=3` for Content-Length: 3."""
    said = {"Host": "127.0.0.1"} | headers
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in said.items()]
    return "\r\n".join([f"{line} HTTP/1.1", *lines, "\r\n"]).encode()


def answer(connection: socket.socket) -> tuple[int, str]:
    """Status and body."""
    response = HTTPResponse(connection)
    response.begin()
    return response.status, response.read().decode()
