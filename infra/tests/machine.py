"""A machine in a folder: the boot script runs for real, what it would do to a system is noted."""

import contextlib
import grp
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from educounsel_infra.launch import SCRIPT

from tests.seaweed import BIN

NOTED = ("dnf", "useradd", "systemctl", "amazon-cloudwatch-agent-ctl", "cfn-signal")
WITHOUT_LIBRARIES = f"""
case "$*" in
  "-m venv "*) mkdir -p "$3/bin" && ln -s /bin/true "$3/bin/pip" ;;
  *) exec {sys.executable} "$@" ;;
esac
"""
AWS = f"""
if [ "$1" = secretsmanager ]; then
  while [ "$1" != --secret-id ]; do shift; done
  exec cat "$SECRETS/$2" 2>/dev/null
fi
if [ "$1 $2 $4" = "ec2 get-managed-prefix-list-entries pl-edge" ]; then
  exec printf '198.51.100.0/24\\t192.0.2.0/25\\n'
fi
if [ "$1" = elbv2 ]; then
  echo "$*" >>"$CALLS/elbv2"
  exit 0
fi
exec {BIN}/aws "$@"
"""


class Machine:
    def __init__(self, folder: Path, s3: dict[str, str], secrets: dict[str, str]) -> None:
        self.root, self.secrets = folder / "root", folder / "secrets"
        self._programs, self._calls, self._s3 = folder / "bin", self.root / "calls", s3
        for made in (self._calls, self.secrets, self._programs):
            made.mkdir(parents=True)
        for name, value in secrets.items():
            (self.secrets / name).write_text(value)
        for name in NOTED:
            self.stub(name, "true")
        self._program("aws", AWS)
        self._program("ec2-metadata", "echo instance-id: i-1\n")
        self._program("python3.13", WITHOUT_LIBRARIES)

    def with_libraries(self) -> None:
        """Takes as long as it does: one test sees it."""
        self._program("python3.13", f'exec {sys.executable} "$@"\n')

    def stub(self, name: str, answer: str) -> None:
        self._program(name, f'echo "$*" >>{self._calls}/{name}\n{answer}\n')

    def _program(self, name: str, script: str) -> None:
        path = self._programs / name
        path.write_text(f"#!/bin/bash\n{script}")
        path.chmod(0o755)

    def boot(self, told: dict[str, str]) -> tuple[int, str]:
        """Its end, and all that it printed: on a machine that goes to the console's log."""
        boot = subprocess.run(
            ["bash", "-c", SCRIPT],
            env={**self._environment(), **told},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return boot.returncode, boot.stdout

    def ask_again(self) -> None:
        """As the timer does."""
        script = self.root / "srv/educounsel/deploy/aws/environment.py"
        asking: list[str | Path] = [sys.executable, script, self.root / "etc/educounsel"]
        subprocess.run(asking, env=self._environment(), check=True)

    def _environment(self) -> dict[str, str]:
        return {
            **self._s3,
            "PATH": f"{self._programs}:/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": str(self.root),
            "ROOT": str(self.root),
            "ACCOUNT": grp.getgrgid(os.getgid()).gr_name,
            "SECRETS": str(self.secrets),
            "CALLS": str(self._calls),
        }

    def calls(self, name: str) -> list[str]:
        noted = self._calls / name
        return noted.read_text().splitlines() if noted.exists() else []

    def forget_calls(self) -> None:
        for noted in self._calls.iterdir():
            noted.unlink()

    def installed_units(self) -> list[str]:
        units = self.root / "etc/systemd/system"
        return sorted(str(path.relative_to(units)) for path in units.rglob("*") if path.is_file())


class Ready(http.server.BaseHTTPRequestHandler):
    """Answers as the program does: to its own name, over HTTPS as the balancer says."""

    domain = ""

    def do_GET(self) -> None:
        asked = (self.path, self.headers["Host"], self.headers["X-Forwarded-Proto"])
        self.send_response(200 if asked == ("/readyz", self.domain, "https") else 400)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
        pass


@contextlib.contextmanager
def ready_server(domain: str) -> Iterator[str]:
    """Its port."""
    handler = type("ReadyHere", (Ready,), {"domain": domain})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield str(server.server_port)
        server.shutdown()
