"""Whether Redis keeps what it holds, asked of real ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from educounsel.operations.examination import everything, examine
from tests.redis_server import PROGRAM, Redis

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not PROGRAM, reason="there is no redis-server here"),
]


@pytest.fixture
def two(tmp_path: Path, settings: Settings) -> Iterator[tuple[Redis, Redis]]:
    pair = (Redis(tmp_path / "first"), Redis(tmp_path / "second"))
    for server, name in zip(pair, ("first", "second"), strict=True):
        (tmp_path / name).mkdir()
        server.start()
    settings.REDIS_URL = pair[0].url
    yield pair
    for server in pair:
        server.kill()


def said() -> tuple[bool, str]:
    return examine(next(part for part in everything() if part.name == "what Redis keeps"))


def test_an_append_only_file_or_a_replica_keeps_it(two: tuple[Redis, Redis]) -> None:
    first, second = two
    assert said() == (True, "append-only file, no eviction")
    first.client.config_set("appendonly", "no")
    assert said()[0] is False
    second.client.replicaof("127.0.0.1", str(first.port))
    first.client.wait(1, 10_000)
    assert said() == (True, "a replica that takes over, no eviction")


def test_what_may_be_thrown_out_is_not_kept(two: tuple[Redis, Redis]) -> None:
    two[0].client.config_set("maxmemory", "100mb")
    two[0].client.config_set("maxmemory-policy", "allkeys-lru")
    assert said() == (False, "maxmemory-policy is allkeys-lru: what it holds may vanish.")
