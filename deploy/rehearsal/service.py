"""A server in a process of its own, which may be stopped, frozen, killed and started again."""

import os
import secrets
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 30
STILL_SECONDS = 10


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
        end_what_was_left(self._mark)
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
        self._mark.write_text(f"{self._process.pid} {began(self._process.pid)}")
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
        process = self.process  # by the time it is dead, somebody may have started another
        if process.poll() is None:
            process.send_signal(how)
        return process.wait(STOP_SECONDS)

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def freeze(self) -> None:
        """It keeps its connections and says nothing. Returns once each of its threads stands still:
        on a busy machine one may answer for some moments after the signal was sent."""
        self.process.send_signal(signal.SIGSTOP)
        wait_until_still(self.process.pid)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    @property
    def _mark(self) -> Path:
        return self.folder / "running"

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if not self.is_running() or time.monotonic() > deadline:
                last = self.log.read_text(errors="replace").splitlines()[-15:]
                raise NotStarted("\n".join([f"{self.name} did not start:", *last]))
            time.sleep(0.05)


def end_what_was_left(mark: Path) -> None:
    """Of a rehearsal that was killed: what nobody stopped would hold its data for ever."""
    if not mark.exists():
        return
    process, its_begin = map(int, mark.read_text().split())
    how, deadline = signal.SIGINT, time.monotonic() + STOP_SECONDS
    while 0 < began(process) == its_begin:
        with suppress(ProcessLookupError):
            os.killpg(process, how)
        time.sleep(0.1)
        how = signal.SIGKILL if time.monotonic() > deadline else how


def began(process: int) -> int:
    """In ticks since the machine's own start; 0 where it has ended. Numbers are given again."""
    try:
        state, *others = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if state in "XZ" else int(others[18])


def start_together(services: Iterable[Service]) -> None:
    """Returns once each of them answers. Raises what the first that failed did."""
    with ThreadPoolExecutor() as starting:
        list(starting.map(lambda each: each.start(), services))


def children_of(process: int) -> set[int]:
    return set(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))


def wait_until_still(process: int) -> None:
    """Until each of its threads is stopped; one that has ended meanwhile is still too."""
    deadline = time.monotonic() + STILL_SECONDS
    while any(_moves(thread) for thread in Path(f"/proc/{process}/task").iterdir()):
        if time.monotonic() > deadline:
            raise NotStarted(f"Process {process} does not stand still.")
        time.sleep(0.01)


def _moves(thread: Path) -> bool:
    """Its state stands behind its name, which may hold anything."""
    try:
        return (thread / "stat").read_text().rpartition(")")[2].split()[0] not in "TXZ"
    except FileNotFoundError:
        return False


def free_port() -> int:
    """Below the ports that outgoing connections are given: one of them could sit on it by now."""
    while True:
        port = 10_000 + secrets.randbelow(22_768)
        with suppress(OSError), socket.create_server((HOST, port)):
            return port
