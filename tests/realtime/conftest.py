"""The sockets as they are served: uvicorn on a port of its own, in a thread of the test."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
import uvicorn
from django.conf import settings
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from educounsel.accounts.models import User
from educounsel.asgi import application
from educounsel.realtime import protocol
from educounsel.server.management.commands.serve import CONNECTIONS, SOCKETS
from tests.cast import Cast, make_cast


class Served(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """Rows that the server's own connections see too."""
    return make_cast()


@pytest.fixture
def port(request: pytest.FixtureRequest, transactional_db: None, settings: Any) -> Iterator[int]:
    settings.JOB_THREADS = 0
    config = uvicorn.Config(
        application,
        log_level="error",
        timeout_graceful_shutdown=5,
        **CONNECTIONS | SOCKETS | getattr(request, "param", {}),
    )
    server = Served(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        assert server.is_up.wait(10)
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join()


class Socket:
    """A client that speaks the protocol, with the session it was opened with."""

    def __init__(self, wire: ClientConnection, client: Client) -> None:
        self.wire, self.client, self.socket_id = wire, client, ""

    def send(self, event: str, **data: Any) -> None:
        self.wire.send(json.dumps({"event": event, "data": data}))

    def hear(self) -> tuple[str, Any]:
        frame = json.loads(self.wire.recv(timeout=5))
        data = frame["data"]
        return frame["event"], json.loads(data) if isinstance(data, str) else data

    def closes_with(self) -> int:
        """Waits for the close, whatever else is still said."""
        with suppress(ConnectionClosed):
            for _ in self.wire:
                pass
        assert self.wire.close_code is not None
        return self.wire.close_code

    def subscribe_to(self, user: User, auth: str = "") -> tuple[str, Any]:
        channel = protocol.channel_of(user.pk)
        auth = auth or protocol.sign(self.socket_id, channel)
        self.send("pusher:subscribe", channel=channel, auth=auth)
        return self.hear()


type OpenSocket = Callable[..., Socket]


@pytest.fixture
def open_socket(port: int) -> Iterator[OpenSocket]:
    opened = ExitStack()

    def open_one(user: User | None, origin: str = "") -> Socket:
        client = Client()
        if user:
            client.force_login(user)
        wire = connect(
            f"ws://127.0.0.1:{port}/app/{settings.REALTIME_KEY}?protocol=7",
            origin=Origin(origin or f"http://127.0.0.1:{port}"),
            additional_headers={"Cookie": cookies_of(client)},
        )
        return Socket(opened.enter_context(wire), client)

    with opened:
        yield open_one


def cookies_of(client: Client) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


@pytest.fixture
def connected(open_socket: OpenSocket) -> OpenSocket:
    """A socket past its greeting."""

    def connect_as(user: User) -> Socket:
        opened = open_socket(user)
        event, data = opened.hear()
        assert event == "pusher:connection_established"
        opened.socket_id = data["socket_id"]
        return opened

    return connect_as


def handshake(user: User, port: int) -> socket.socket:
    """A socket opened by hand, past its greeting, that answers no ping."""
    client = Client()
    client.force_login(user)
    wire = socket.create_connection(("127.0.0.1", port), timeout=20)
    wire.sendall(
        f"GET /app/{settings.REALTIME_KEY} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Cookie: {cookies_of(client)}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n".encode()
    )
    heard = b""
    while b"connection_established" not in heard:
        heard += wire.recv(4096)
    return wire
