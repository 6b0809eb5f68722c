"""The same stories told on production: two web processes behind the edge, and two workers."""

import shutil
import signal
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import override

import redis

from deploy.rehearsal.machine import Machine
from tests.flows.server import Server


class RehearsedServer(Server):
    """What a story stops, kills and starts again are all processes of EduCounsel; the parts that
    they stand on stay."""

    def __init__(self, environment: dict[str, str]) -> None:
        # Short: a socket of PostgreSQL's or SeaweedFS's cannot have a long path.
        super().__init__(Path(tempfile.mkdtemp(prefix="educounsel-")), environment)
        self._machine = Machine(self.data, more=environment)
        self._is_new = True
        self._accounts: list[dict[str, str]] = []

    @property
    @override
    def url(self) -> str:
        return self._machine.url

    @override
    def start(self) -> None:
        if self._is_new:
            self._machine.start()
            self._machine.manage("seed_demo")
            self._is_new = False
        self.revive()

    @override
    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        with ThreadPoolExecutor() as stopping:
            ended = stopping.map(lambda process: process.stop(how), self._machine.processes)
            return max(ended, default=0)

    @override
    def revive(self) -> None:
        self._machine.revive()

    def keep(self) -> None:
        """What every story is to begin with."""
        self.stop(signal.SIGKILL)
        self._machine.postgres.keep()

    def begin_anew(self) -> None:
        """As it was kept, and in none of its processes a memory of the story before."""
        self.stop(signal.SIGKILL)
        self._machine.postgres.bring_back()
        for each in (self._machine.redis, self._machine.cache):
            redis.Redis.from_url(each.url).flushall()
        self.revive()

    @override
    def close(self) -> None:
        self._machine.stop()
        shutil.rmtree(self.data)

    @override
    def accounts(self) -> list[dict[str, str]]:
        """Asked once: they are the same whenever it begins anew."""
        self._accounts = self._accounts or super().accounts()
        return self._accounts

    @override
    def manage(self, *words: str) -> bytes:
        return self._machine.manage(*words).encode()
