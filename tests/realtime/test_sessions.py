"""A session that ends without a word, a phone that vanishes, a reader that does not read."""

import socket
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from educounsel.accounts.models import Role, User
from educounsel.realtime import protocol, push, sessions
from educounsel.realtime.hub import hub
from tests.cast import Cast
from tests.realtime.conftest import OpenSocket


@pytest.fixture
def quick_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "ROUND_SECONDS", 1)


@pytest.mark.usefixtures("quick_rounds")
def test_a_session_that_vanished_from_the_store_loses_its_sockets(
    cast: Cast, connected: OpenSocket
) -> None:
    sari, dodi = connected(cast.sari), connected(cast.dodi)
    Session.objects.filter(pk=sari.client.session.session_key)._raw_delete("default")
    assert sari.closes_with() == protocol.TRY_AGAIN
    dodi.send("pusher:ping")
    assert dodi.hear()[0] == "pusher:pong"


@pytest.mark.usefixtures("quick_rounds")
def test_an_account_that_was_switched_off_in_bulk_loses_its_sockets(
    cast: Cast, connected: OpenSocket
) -> None:
    sari = connected(cast.sari)
    User.objects.filter(pk=cast.sari.pk).update(is_active=False)
    assert sari.closes_with() == protocol.TRY_AGAIN


def test_another_role_closes_the_sockets_of_the_old_one(cast: Cast, connected: OpenSocket) -> None:
    rina = connected(cast.rina)
    cast.rina.role = Role.HEAD
    cast.rina.save()
    assert rina.closes_with() == protocol.TRY_AGAIN


def test_the_session_is_asked_again_before_a_late_subscription(
    cast: Cast, connected: OpenSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "FRESH_SECONDS", 0)
    sari = connected(cast.sari)
    User.objects.filter(pk=cast.sari.pk).update(is_active=False)
    channel = protocol.channel_of(cast.sari.pk)
    sari.send("pusher:subscribe", channel=channel, auth=protocol.sign(sari.socket_id, channel))
    assert sari.closes_with() == protocol.TRY_AGAIN


@pytest.mark.usefixtures("quick_rounds")
def test_a_store_that_cannot_be_asked_signs_nobody_out(
    cast: Cast, connected: OpenSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    sari = connected(cast.sari)
    asked: list[str] = []

    def away(session_key: str) -> User:
        asked.append(session_key)
        raise ConnectionError

    monkeypatch.setattr(sessions, "person_of", away)
    while len(asked) < 2:
        pass
    sari.send("pusher:ping")
    assert sari.hear()[0] == "pusher:pong"


@pytest.mark.parametrize("port", [{"ws_ping_interval": 0.2, "ws_ping_timeout": 0.2}], indirect=True)
def test_a_peer_that_vanished_is_let_go(cast: Cast, port: int, settings: Any) -> None:
    """Nobody reads and answers at the other end: the connection is only half open."""
    with _handshake(cast.sari, port, settings.REALTIME_KEY) as silent:
        while silent.recv(4096):
            pass
    while hub.of_user(cast.sari.pk):  # the server lets go a moment after its last byte
        pass


def test_a_reader_that_does_not_read_is_dropped_and_others_are_served(
    cast: Cast, port: int, settings: Any, connected: OpenSocket
) -> None:
    dodi = connected(cast.dodi)
    dodi.subscribe_to(cast.dodi)
    with _handshake(cast.sari, port, settings.REALTIME_KEY):
        (lazy,) = hub.of_user(cast.sari.pk)
        hub.subscribe(lazy, protocol.channel_of(cast.sari.pk))
        while not lazy.closing.done():
            push.to_user(cast.sari.pk, "companion", {"blocks": "x" * 60_000})
            push.to_user(cast.dodi.pk, "notification", {"within": 0})
            assert dodi.hear() == ("notification", {"within": 0})
    assert lazy.closing.result() == protocol.TRY_AGAIN


def _handshake(user: User, port: int, key: str) -> socket.socket:
    """A socket opened by hand, past its greeting, that answers no ping."""
    client = Client()
    client.force_login(user)
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    wire = socket.create_connection(("127.0.0.1", port), timeout=20)
    wire.sendall(
        f"GET /app/{key} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Cookie: {cookies}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n".encode()
    )
    heard = b""
    while b"connection_established" not in heard:
        heard += wire.recv(4096)
    return wire
