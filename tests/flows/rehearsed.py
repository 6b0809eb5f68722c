"""The same stories told on production: two web processes behind the edge, and two workers."""

import shutil
import signal
import tempfile
from pathlib import Path
from typing import override

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
        return max(process.stop(how) for process in self._machine.processes)

    @override
    def revive(self) -> None:
        for process in self._machine.processes:
            if not process.is_running():
                process.start()

    @override
    def close(self) -> None:
        self._machine.stop()
        shutil.rmtree(self.data)

    @override
    def manage(self, *words: str) -> bytes:
        return self._machine.manage(*words).encode()
