import shutil
from pathlib import Path

import redis

from deploy.rehearsal.programs import search_path
from deploy.rehearsal.service import HOST, NotStarted, Service

# Sessions, bells and hints: nothing is thrown out, and a kill loses one second at most.
KEPT = ["--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction"]
# A cache: a little, the oldest first, and gone with a restart.
FORGOTTEN = ["--appendonly", "no", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"]


class RedisServer(Service):
    name = "redis"

    def __init__(self, folder: Path, port: int, *, keeps: bool) -> None:
        super().__init__(folder, port)
        self._kind = KEPT if keeps else FORGOTTEN

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    def prepare(self) -> None:
        """Its folder is all that it needs."""

    def command(self) -> list[str]:
        place = ["--bind", HOST, "--port", str(self.port), "--dir", str(self.folder)]
        return [_program(), *place, "--save", "", *self._kind]

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def _program() -> str:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name, path=search_path()):
            return found
    raise NotStarted("There is no redis-server here: run scripts/parts")
