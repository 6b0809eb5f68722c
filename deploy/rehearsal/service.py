"""A server in a process of its own, which may be stopped, frozen, killed and started again."""

import secrets
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path

HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 30


class NotStarted(Exception):
    """With the last lines that the server said."""


class Service(ABC):
    """`folder` holds its data and its log; it is kept from one start to the next."""

    name: str

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def prepare(self) -> None:
        """Makes what must be there before its first start, and nothing twice."""

    def environment(self) -> dict[str, str] | None:
        """None for that of this process."""
        return None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise NotStarted(f"{self.name} was never started")
        return self._process

    def start(self) -> None:
        """Returns once it answers."""
        self.prepare()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                env=self.environment(),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for who started them all, and stops in order
            )
        self._wait_until_it_answers()

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def answers(self) -> bool:
        try:
            socket.create_connection((HOST, self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Its exit status."""
        if self.is_running():
            self.process.send_signal(how)
        return self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def freeze(self) -> None:
        """It keeps its connections and says nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if not self.is_running() or time.monotonic() > deadline:
                last = self.log.read_text(errors="replace").splitlines()[-15:]
                raise NotStarted("\n".join([f"{self.name} did not start:", *last]))
            time.sleep(0.05)


def free_port() -> int:
    """Below the ports that outgoing connections are given: one of them could sit on it by now."""
    while True:
        port = 10_000 + secrets.randbelow(22_768)
        with suppress(OSError), socket.create_server((HOST, port)):
            return port
