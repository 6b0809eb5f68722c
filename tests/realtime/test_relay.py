"""Between processes by a real Redis, which may go away and come back."""

from collections.abc import Iterator
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
