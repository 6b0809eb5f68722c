"""A Redis of a test's own, which may be killed and started again, and keeps what it was told."""

import shutil
import socket
import subprocess
from pathlib import Path

import redis

PROGRAM = shutil.which("redis-server") or ""


class Redis:
    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = int(listener.getsockname()[1])
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis.Redis(port=self.port)
        self._words = [
            PROGRAM, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder),
            "--appendonly", "yes", "--appendfsync", "always", "--save", "",
        ]  # fmt: skip

    def start(self) -> None:
        self.process = subprocess.Popen(self._words, stdout=subprocess.DEVNULL)
        while True:
            try:
                self.client.ping()
            except redis.ConnectionError:
                continue
            return

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
