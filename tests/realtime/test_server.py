"""One bad peer: a phone that vanished, a reader that does not read, a flood, a frame too long."""

import os
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from educounsel.realtime import protocol, push, server, socket
from educounsel.realtime.hub import Connection, hub
from educounsel.realtime.lines import Outbox
from educounsel.realtime.server import MOST_BYTES_A_SECOND, SocketProtocol
from tests.cast import Cast
from tests.realtime.conftest import OpenSocket, Socket, handshake

under_another_server = pytest.mark.parametrize("port", [{"ws": "websockets-sansio"}], indirect=True)
impatient = pytest.mark.parametrize(
    "port", [{"ws_ping_interval": 0.2, "ws_ping_timeout": 0.2}], indirect=True
)

_BEGUN = Frame(Opcode.TEXT, b"{", fin=False).serialize(mask=True)


def is_served(person: Socket) -> bool:
    person.send("pusher:ping")
    return person.hear()[0] == "pusher:pong"


def only_connection_of(user_id: int) -> Connection:
    (connection,) = hub.of_user(user_id)
    return connection


def tell_until_it_is_too_much(lazy: Connection, cast: Cast, other: Socket) -> None:
    hub.subscribe(lazy, protocol.channel_of(cast.sari.pk))
    while not lazy.closing.done():
        push.to_user(cast.sari.pk, "companion", {"blocks": "x" * 60_000})
        push.to_user(cast.dodi.pk, "notification", {"within": 0})
        assert other.hear() == ("notification", {"within": 0})


def wait_until_gone(line: Any) -> None:
    assert isinstance(line, SocketProtocol)
    while not line.disconnected:
        pass


@impatient
def test_a_peer_that_vanished_is_let_go(cast: Cast, port: int) -> None:
    """Nobody reads and answers at the other end: the connection is only half open."""
    with handshake(cast.sari, port) as silent:
        while silent.recv(4096):
            pass
    while hub.of_user(cast.sari.pk):  # the server lets go a moment after its last byte
        pass


@impatient
def test_a_peer_that_vanished_with_much_unsent_is_let_go_too(cast: Cast, port: int) -> None:
    with handshake(cast.sari, port):
        line: Any = only_connection_of(cast.sari.pk).line
        line.loop.call_soon_threadsafe(line.transport.write, b"x" * 8_000_000)
        wait_until_gone(line)


def test_a_reader_that_does_not_read_is_dropped_and_others_are_served(
    cast: Cast, port: int, connected: OpenSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "CLOSE_SECONDS", 0.1)
    monkeypatch.setattr(server, "LINGER_SECONDS", 0.1)
    dodi = connected(cast.dodi)
    dodi.subscribe_to(cast.dodi)
    with handshake(cast.sari, port):
        lazy = only_connection_of(cast.sari.pk)
        tell_until_it_is_too_much(lazy, cast, dodi)
        assert lazy.closing.result() == protocol.TRY_AGAIN
        wait_until_gone(lazy.line)  # without a byte read at the other end
    assert is_served(dodi)


@under_another_server
def test_under_another_server_the_same_is_heard(cast: Cast, connected: OpenSocket) -> None:
    sari = connected(cast.sari)
    assert isinstance(only_connection_of(cast.sari.pk).line, Outbox)
    sari.subscribe_to(cast.sari)
    for number in range(3):
        push.to_user(cast.sari.pk, "notification", {"id": number})
    assert [sari.hear()[1]["id"] for _ in range(3)] == [0, 1, 2]


@under_another_server
def test_under_another_server_too_a_reader_that_does_not_read_is_dropped(
    cast: Cast, port: int, connected: OpenSocket
) -> None:
    dodi = connected(cast.dodi)
    dodi.subscribe_to(cast.dodi)
    with handshake(cast.sari, port):
        lazy = only_connection_of(cast.sari.pk)
        tell_until_it_is_too_much(lazy, cast, dodi)
    assert lazy.closing.result() == protocol.TRY_AGAIN


def test_a_frame_of_a_megabyte_is_refused_with_its_code(cast: Cast, connected: OpenSocket) -> None:
    sari, dodi = connected(cast.sari), connected(cast.dodi)
    with suppress(ConnectionClosed):
        sari.send("pusher:ping", padding="x" * 1_000_000)
    assert sari.closes_with() == 1009
    assert is_served(dodi)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"", Frame(Opcode.PING, b"")),
        (b"", Frame(Opcode.PONG, b"")),
        (_BEGUN, Frame(Opcode.CONT, b"", fin=False)),
    ],
    ids=["pings", "pongs", "a frame without an end"],
)  # fmt: skip
def test_a_flood_that_no_application_sees_is_closed(
    cast: Cast, connected: OpenSocket, first: bytes, then: Frame
) -> None:
    sari, dodi = connected(cast.sari), connected(cast.dodi)
    with suppress(OSError):
        sari.wire.socket.sendall(first + then.serialize(mask=True) * MOST_BYTES_A_SECOND)
    assert sari.closes_with() == protocol.FLOOD
    assert is_served(dodi)


def test_garbage_bytes_in_place_of_frames_close_that_socket(
    cast: Cast, connected: OpenSocket
) -> None:
    sari, dodi = connected(cast.sari), connected(cast.dodi)
    sari.wire.socket.sendall(b"\xff" + os.urandom(4000))
    assert sari.closes_with() == 1002
    assert is_served(dodi)
