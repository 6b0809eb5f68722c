"""What this process remembers for a while, and how much of it."""

import pytest
import time_machine

from educounsel.server import memory_cache
from educounsel.server.memory_cache import MOST_ENTRIES, MemoryCache
from educounsel.server.steady_cache import SteadyCache


@pytest.fixture
def cache() -> MemoryCache:
    cache = MemoryCache("a test's own", {})
    cache.clear()
    return cache


def test_an_entry_lasts_as_long_as_was_said_whatever_the_clock_says(
    cache: MemoryCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 1000.0
    monkeypatch.setattr(memory_cache, "monotonic", lambda: seconds)
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False):
        cache.set("open", 1, 30)
        cache.set("lasting", 1, None)
        cache.set("never", 1, 0)
    with time_machine.travel("2026-11-23T07:00:00Z", tick=False):
        seconds += 29
        assert (cache.get("open"), cache.get("never")) == (1, None)
        seconds += 1
        assert (cache.get("open"), cache.get("lasting")) == (None, 1)


def test_a_wall_of_guesses_does_not_push_out_what_is_counted(cache: MemoryCache) -> None:
    cache.set("first", 1)
    for guess in range(MOST_ENTRIES - 1):
        cache.set(str(guess), 1)
    assert cache.get("first") == 1


def test_while_redis_is_away_the_same_holds() -> None:
    assert isinstance(SteadyCache("redis://127.0.0.1:1/0", {}).meanwhile, MemoryCache)
