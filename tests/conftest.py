"""What every test may ask for: the cast, a browser-less client for each of them, a clean cache."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as project
from django.contrib.auth.hashers import get_hasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from educounsel.accounts.models import User
from tests.cast import Cast, make_cast

type ClientOf = Callable[[User], Client]


def pytest_configure() -> None:
    """On Redis each worker has a database of its own: every test empties its cache."""
    if project.REDIS_URL:
        number = 1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        server = project.REDIS_URL.rpartition("/")[0]
        project.CACHES["default"]["LOCATION"] = f"{server}/{number}"


@pytest.fixture(autouse=True)
def _test_settings(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Files in a folder of the test's own, static files as they lie, the cheapest Argon2."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _cheap_argon2() -> None:
    hasher = get_hasher()
    hasher.time_cost, hasher.memory_cost = 1, 64  # type: ignore[attr-defined]


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def client_of() -> ClientOf:
    """A client signed in as this person."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


type CountQueries = Callable[[Client, str], int]


@pytest.fixture
def count_queries() -> CountQueries:
    """How many queries one page takes."""

    def count(client: Client, address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    return count
