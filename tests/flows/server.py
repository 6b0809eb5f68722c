"""EduCounsel as a story needs it: one that it may stop, kill and start again."""

import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

MANAGE = Path(__file__).parents[2] / "manage.py"


@dataclass
class Server:
    """EduCounsel in a process of its own, which a test may stop, kill and start again."""

    data: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.port = self.port or _free_port()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, MANAGE, "serve"],
                env=self._environment() | {"PORT": str(self.port)},
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self._wait_until_it_listens(self.process)

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Its exit status."""
        process = self.process  # by the time it is dead, somebody may have started another
        assert process
        process.send_signal(how)
        return process.wait(timeout=30)

    def revive(self) -> None:
        """Starts it again if it is dead."""
        if self.process and self.process.poll() is not None:
            self.start()

    def close(self) -> None:
        """At the end of the story."""
        self.stop()

    def accounts(self) -> list[dict[str, str]]:
        return json.loads(self.manage("demo_accounts", "--json"))  # type: ignore[no-any-return]

    def manage(self, *words: str) -> bytes:
        """What a command beside the server prints."""
        command = [sys.executable, str(MANAGE), *words]
        return subprocess.run(
            command, env=self._environment(), check=True, capture_output=True
        ).stdout

    def run(self, code: str) -> None:
        """Python beside the server, on its data: for what no page can do, as letting time pass."""
        self.manage("shell", "--verbosity", "0", "-c", code)

    def _environment(self) -> dict[str, str]:
        # On its own data, also where the tests around it run on PostgreSQL and Redis.
        ours = {"EDUCOUNSEL_DATA": str(self.data), "OPENAI_API_KEY": ""}
        ours |= {"DATABASE_URL": "", "REDIS_URL": ""}
        return os.environ | ours | self.environment

    def _wait_until_it_listens(self, process: subprocess.Popen[bytes]) -> None:
        """Its last line names the address; from then on a request waits in its socket."""
        assert process.stdout
        said = any(b"EduCounsel: http" in line for line in process.stdout)
        assert said, self.log.read_text()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
