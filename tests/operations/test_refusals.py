"""A wrong password, key, name or bucket ends a start; a part that does not answer does not."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from pytest_django import Settings

from deploy.rehearsal.seaweed import PROGRAM as WEED
from deploy.rehearsal.seaweed import Seaweed
from deploy.rehearsal.service import HOST, free_port
from educounsel.operations.refusals import refusals
from tests.redis_server import PROGRAM, Redis


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.start()
    server.client.config_set("requirepass", "geheim")
    yield server
    server.kill()


@pytest.fixture(scope="module")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    seaweed = Seaweed(tmp_path_factory.mktemp("seaweed"), free_port())
    seaweed.start()
    yield seaweed
    seaweed.kill()


@pytest.fixture(autouse=True)
def nobody_refuses(settings: Settings) -> None:
    """Nobody answers there: an outage."""
    settings.REDIS_URL = settings.CACHE_REDIS_URL = f"redis://{HOST}:{free_port()}"


@pytest.mark.skipif(not PROGRAM, reason="there is no redis-server here")
@pytest.mark.parametrize("who", ["", ":wrong@", "nobody:geheim@"])
def test_redis_that_does_not_let_us_in(locked: Redis, settings: Settings, who: str) -> None:
    settings.CACHE_REDIS_URL = f"redis://{who}{HOST}:{locked.port}"
    assert list(refusals()) == ["Redis does not take the name or password in CACHE_REDIS_URL."]
    settings.REDIS_URL = settings.CACHE_REDIS_URL
    assert list(refusals()) == ["Redis does not take the name or password in REDIS_URL."]
    settings.REDIS_URL = settings.CACHE_REDIS_URL = f"redis://:geheim@{HOST}:{locked.port}"
    assert list(refusals()) == []


def test_redis_that_is_away_is_no_wrong_setting() -> None:
    assert list(refusals()) == []


def test_a_name_that_no_machine_has(settings: Settings) -> None:
    settings.REDIS_URL = "redis://redis.invalid"
    assert list(refusals()) == ["There is no machine of the name in REDIS_URL."]


def stored_in(settings: Settings, **changed: str) -> None:
    files = deepcopy(project.S3_FILES)
    files["OPTIONS"] |= changed
    settings.STORAGES = settings.STORAGES | {"default": files}


def at(seaweed: Seaweed) -> dict[str, Any]:
    keys = {"access_key": seaweed.access_key, "secret_key": seaweed.secret_key}
    return {"bucket_name": seaweed.bucket, "endpoint_url": seaweed.endpoint, **keys}


@pytest.mark.skipif(not WEED.exists(), reason="there is no SeaweedFS here")
@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"secret_key": "x" * 40}, 403), ({"access_key": "AKIAX"}, 403), ({"bucket_name": "no"}, 403)],
)
def test_a_bucket_that_does_not_let_us_in(
    seaweed: Seaweed, settings: Settings, wrong: dict[str, str], status: int
) -> None:
    stored_in(settings, **at(seaweed) | wrong)
    (line,) = refusals()
    assert line.startswith(f"S3 answers {status} for the bucket: look at S3_BUCKET")


@pytest.mark.skipif(not WEED.exists(), reason="there is no SeaweedFS here")
def test_a_bucket_that_is_not_there(seaweed: Seaweed, settings: Settings) -> None:
    owner = seaweed.account("owner")
    keys = {"access_key": owner.access_key, "secret_key": owner.secret_key}
    stored_in(settings, **at(seaweed) | keys | {"bucket_name": "nobodys"})
    (line,) = refusals()
    assert line.startswith("S3 answers 404 for the bucket")
    stored_in(settings, **at(seaweed))
    assert list(refusals()) == []


def test_a_storage_that_is_away_is_no_wrong_setting(settings: Settings) -> None:
    keys = {"bucket_name": "b", "access_key": "a", "secret_key": "b", "region_name": "us-east-1"}
    stored_in(settings, endpoint_url=f"http://{HOST}:{free_port()}", **keys)
    assert list(refusals()) == []
    stored_in(settings, endpoint_url="http://s3.invalid", **keys)
    assert list(refusals()) == ["There is no machine of the name in S3_ENDPOINT_URL."]
