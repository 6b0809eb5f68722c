"""The cache in Redis; while Redis is away, in the memory of this process.

What is counted there (wrong passwords, a provider that fails) each process then counts for itself:
less exactly, but nobody is turned away for want of a counter.
"""

from functools import partial
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis import RedisError

from educounsel.server.memory_cache import MemoryCache
from educounsel.server.redis_absence import absence_of


def _steady(name: str) -> Any:
    in_redis, in_memory = getattr(RedisCache, name), getattr(MemoryCache, name)

    def call(self: "SteadyCache", *args: Any, **kwargs: Any) -> Any:
        try:
            return self.absence.ask(partial(in_redis, self, *args, **kwargs))
        except RedisError:
            return in_memory(self.meanwhile, *args, **kwargs)

    return call


class SteadyCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.absence = absence_of(server)
        self.meanwhile = MemoryCache(server, {})

    add = _steady("add")
    get = _steady("get")
    set = _steady("set")
    touch = _steady("touch")
    delete = _steady("delete")
    get_many = _steady("get_many")
    has_key = _steady("has_key")
    incr = _steady("incr")
    set_many = _steady("set_many")
    delete_many = _steady("delete_many")
    clear = _steady("clear")
