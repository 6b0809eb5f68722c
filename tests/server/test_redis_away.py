"""Redis is an address where nothing listens, or one that takes calls and never answers."""

import socket
from collections.abc import Iterator

import pytest
from django.core.cache import CacheHandler, caches
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings
from redis import RedisError

from educounsel.server import redis_absence
from educounsel.server.copied_sessions import SessionStore
from educounsel.settings import REDIS_CACHE
from tests.cast import Cast
from tests.factories import PASSWORD


@pytest.fixture(params=["nothing listens", "nothing answers"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if request.param == "nothing listens":
            server.close()
        yield f"redis://127.0.0.1:{port}/0"


@pytest.fixture
def without_redis(address: str, settings: Settings) -> None:
    """As production: sessions and cache there, but that it is away."""
    away = REDIS_CACHE | {"LOCATION": address}
    settings.CACHES = {"default": away, "sessions": away}
    settings.SESSION_ENGINE = "educounsel.server.copied_sessions"


@pytest.mark.usefixtures("without_redis")
def test_a_student_signs_in_writes_and_signs_out(cast: Cast) -> None:
    client = Client()
    client.post("/login", {"login": cast.sari.nisn, "password": PASSWORD})
    assert client.get("/student/dashboard").status_code == 200
    key = client.cookies["session"].value
    client.post("/logout")
    client.cookies["session"] = key
    assert client.get("/student/dashboard").status_code == 302


@pytest.mark.usefixtures("without_redis")
def test_wrong_passwords_are_counted_all_the_same(cast: Cast, client: Client) -> None:
    wrong = {"login": cast.sari.nisn, "password": "tebakan"}
    assert [client.post("/login", wrong).status_code for _ in range(6)] == [422] * 4 + [429] * 2


def pause_for(seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PAUSE_SECONDS", "PAUSE_AFTER_SILENCE_SECONDS"):
        monkeypatch.setattr(redis_absence, name, seconds)


def test_one_that_says_nothing_is_not_asked_twice() -> None:
    """Each look costs whoever opened a page its second."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        CacheHandler({"default": REDIS_CACHE | {"LOCATION": address}})["default"].set("a", 1)
        deaf.setblocking(False)
        deaf.accept()
        with pytest.raises(BlockingIOError):
            deaf.accept()


def test_it_is_not_asked_again_at_once(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each that asked would wait for it, and a message that means danger asks ten times."""
    pause_for(600, monkeypatch)
    cache = CacheHandler({"default": REDIS_CACHE | {"LOCATION": address}})["default"]
    cache.set("a", 1)
    asked: list[int] = []
    with pytest.raises(RedisError):
        redis_absence.absence_of(address).ask(lambda: asked.append(1))
    assert (cache.get("a"), asked) == (1, [])


def test_it_is_asked_again_after_the_pause(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pause_for(0, monkeypatch)
    absence = redis_absence.absence_of(address)
    cache = CacheHandler({"default": REDIS_CACHE | {"LOCATION": address}})["default"]
    cache.set("a", 1)
    assert absence.ask(lambda: "it is back") == "it is back"


@pytest.mark.django_db
def test_a_session_is_read_from_its_copy_and_ends_with_its_row() -> None:
    session = SessionStore()
    session["a"] = 1
    session.save()
    key = str(session.session_key)
    assert SessionStore(key).load() == {"a": 1}
    SessionStore(key).flush()
    assert SessionStore(key).load() == {}


@pytest.mark.django_db
def test_a_session_whose_copy_was_forgotten_is_found_in_its_row(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    session = SessionStore()
    session["a"] = 1
    session.save()
    caches["sessions"].clear()
    key = str(session.session_key)
    assert SessionStore(key).load() == {"a": 1}
    with django_assert_num_queries(0):
        assert SessionStore(key).load() == {"a": 1}


@pytest.mark.usefixtures("without_redis")
@pytest.mark.parametrize("key", ["x", "a b\x01", "*" * 32, "k" * 200])
def test_a_key_that_nobody_gave_out_is_no_session(cast: Cast, client: Client, key: str) -> None:
    client.cookies["session"] = key
    assert client.get("/student/dashboard").status_code == 302
