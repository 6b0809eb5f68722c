"""An AWS of this machine alone, which forgets everything when it stops."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = Path(sys.executable).parent / "ministack"
PATIENCE_SECONDS = 60.0


@contextmanager
def running() -> Iterator[str]:
    """Its address."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        told = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "TMPDIR": folder}
        with (Path(folder) / "log").open("w") as log:
            emulator = subprocess.Popen([PROGRAM], env=os.environ | told, stdout=log, stderr=log)
        try:
            _wait_for(address)
            yield address
        finally:
            emulator.terminate()
            emulator.wait()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/_ministack/health", timeout=1).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    sys.exit("The emulator does not start.")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
