"""Redis that goes and comes back signs nobody out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import caches
from django.test import Client
from pytest_django import Settings

from educounsel.web import redis_sessions
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.redis_server import PROGRAM, Redis

pytestmark = pytest.mark.skipif(not PROGRAM, reason="there is no redis-server here")


@pytest.fixture
def kept(tmp_path: Path, settings: Settings) -> Iterator[Redis]:
    """Sessions lie in this Redis."""
    server = Redis(tmp_path)
    server.start()
    in_redis = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": server.url,
    }
    settings.CACHES = settings.CACHES | {"sessions": in_redis}
    settings.SESSION_ENGINE = redis_sessions.__name__
    settings.SESSION_CACHE_ALIAS = "sessions"
    yield server
    server.kill()


def test_a_request_meanwhile_fails_and_the_session_is_kept(
    kept: Redis, cast: Cast, client_of: ClientOf
) -> None:
    sari = client_of(cast.sari)
    sari.raise_request_exception = False
    kept.kill()
    response = sari.get("/student/dashboard")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert not response.cookies
    kept.start()
    assert sari.get("/student/dashboard").status_code == 200


def test_a_session_that_redis_has_lost_leads_to_the_login(
    kept: Redis, cast: Cast, client_of: ClientOf
) -> None:
    sari = client_of(cast.sari)
    caches["sessions"].clear()
    response = sari.get("/student/dashboard")
    assert (response.status_code, response["Location"]) == (302, "/login?next=/student/dashboard")


@pytest.mark.parametrize("key", ["x", "a b\x01", "*" * 32, "k" * 200])
def test_a_key_that_nobody_gave_out_is_no_session(kept: Redis, cast: Cast, key: str) -> None:
    client = Client()
    client.cookies["session"] = key
    assert client.get("/student/dashboard").status_code == 302
