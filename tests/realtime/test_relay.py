"""Between processes by a real Redis, which may go away and come back."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import CacheHandler

from educounsel.realtime import push, relay
from educounsel.settings import REDIS_CACHE
from tests.cast import Cast
from tests.realtime.conftest import OpenSocket
from tests.redis_server import PROGRAM, Redis

pytestmark = pytest.mark.skipif(not PROGRAM, reason="there is no redis-server here")


@pytest.fixture
def between_processes(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.start()
    settings.REDIS_URL = server.url
    monkeypatch.setattr(relay, "RECONNECT_SECONDS", 0.05)
    monkeypatch.setattr(relay.relay, "_redis", relay.publisher())
    yield server
    server.kill()


def test_what_any_process_publishes_is_heard(
    between_processes: Redis, cast: Cast, connected: OpenSocket
) -> None:
    sari = connected(cast.sari)
    sari.subscribe_to(cast.sari)
    push.to_user(cast.sari.pk, "notification", {"within": 0})
    assert sari.hear() == ("notification", {"within": 0})


def test_many_sockets_need_one_connection_to_redis(
    between_processes: Redis, cast: Cast, connected: OpenSocket
) -> None:
    for person in (cast.sari, cast.dodi, cast.rina):
        connected(person).subscribe_to(person)
    assert len(between_processes.client.client_list(_type="pubsub")) == 1


def test_after_redis_was_killed_every_page_is_asked_to_catch_up(
    between_processes: Redis, cast: Cast, connected: OpenSocket
) -> None:
    sari = connected(cast.sari)
    sari.subscribe_to(cast.sari)
    between_processes.kill()
    push.to_user(cast.sari.pk, "notification", {"within": 0})  # this process still hears itself
    assert sari.hear() == ("notification", {"within": 0})
    between_processes.start()
    assert sari.hear() == ("resync", {"within": relay.RESYNC_MS})
    push.to_user(cast.sari.pk, "notification", {"within": 0})
    assert sari.hear() == ("notification", {"within": 0})


class Proxy:
    """Between us and Redis. It may turn silent on all connections it has, and still take new."""

    def __init__(self, port: int) -> None:
        self._port, self._open = port, threading.Event()
        self._open.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"
        threading.Thread(target=self._accept, daemon=True).start()

    def turn_silent(self) -> None:
        self._open.clear()
        self._open = threading.Event()
        self._open.set()

    def stop(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=(*pair, self._open), daemon=True).start()


def _carry(source: socket.socket, target: socket.socket, is_open: threading.Event) -> None:
    with suppress(OSError):
        while heard := source.recv(65536):
            if is_open.is_set():
                target.sendall(heard)


@pytest.fixture
def proxy(
    between_processes: Redis, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Proxy]:
    proxy = Proxy(between_processes.port)
    settings.REDIS_URL = proxy.url
    monkeypatch.setattr(relay, "SILENT_SECONDS", 0.2)
    yield proxy
    proxy.stop()


def test_a_connection_that_has_turned_silent_is_left_for_a_new_one(
    proxy: Proxy, cast: Cast, connected: OpenSocket
) -> None:
    sari = connected(cast.sari)
    sari.subscribe_to(cast.sari)
    proxy.turn_silent()
    assert sari.hear() == ("resync", {"within": relay.RESYNC_MS})
    push.to_user(cast.sari.pk, "notification", {"within": 0})
    assert sari.hear() == ("notification", {"within": 0})


def test_a_quiet_connection_is_kept(
    proxy: Proxy, between_processes: Redis, cast: Cast, connected: OpenSocket
) -> None:
    connected(cast.sari).subscribe_to(cast.sari)
    (before,) = between_processes.client.client_list(_type="pubsub")
    while (now := between_processes.client.client_list(_type="pubsub"))[0]["cmd"] != "ping":
        pass
    assert [client["id"] for client in now] == [before["id"]]


def test_requests_share_their_connection_to_redis(between_processes: Redis) -> None:
    """Each has a context of its own, and Django makes a cache for every context."""
    address = {"LOCATION": f"redis://127.0.0.1:{between_processes.port}/1"}
    caches = CacheHandler({"default": REDIS_CACHE | address})
    before = len(between_processes.client.client_list())
    kept = [copy_context().run(lambda: caches["default"]) for _ in range(5)]
    for cache in kept:
        cache.set("a", 1)
    assert len(set(map(id, kept))) == 5
    assert len(between_processes.client.client_list()) == before + 1
