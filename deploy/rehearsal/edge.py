"""nginx as the edge: what CloudFront and the balancer do on AWS, from deploy/nginx/."""

import getpass
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path
from string import Template

from deploy.rehearsal.keys import make_certificate, write_secret
from deploy.rehearsal.seaweed import REGION, Account
from deploy.rehearsal.service import (
    HOST,
    NotStarted,
    Service,
    children_of,
    free_port,
    wait_until_still,
)

SOURCE = Path(__file__).parents[1] / "nginx"
RELOAD_SECONDS = 15
MOST_FILES = 16_384
WORKERS = 2


class Configuration(Template):
    """`%{name}` is filled in: nginx's own variables begin with a dollar."""

    delimiter = "%"


class Edge(Service):
    """`applications` are the ports of the processes that serve pages and sockets, to be set before
    its start; `keys` are the public keys (PEM) by id whose signatures open files. `fresh`, in
    nginx's words, is for how long a file is cached before the bucket is asked whether it changed.
    """

    name = "edge"

    def __init__(
        self, folder: Path, port: int, bucket: Account, keys: dict[str, str], fresh: str = "1d"
    ) -> None:
        super().__init__(folder, port)
        self.plain_port = free_port()
        self.applications: list[int] = []
        self._bucket, self._keys, self._fresh = bucket, keys, fresh

    @property
    def domain(self) -> str:
        """With the port: what CLOUDFRONT_DOMAIN says."""
        return f"{HOST}:{self.port}"

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    def prepare(self) -> None:
        for each in ("temporary", "cache"):
            (self.folder / each).mkdir(exist_ok=True)
        make_certificate(self.certificate, self.folder / "certificate.key")
        settings = f"export default {json.dumps(self._settings())};\n"
        write_secret(self.folder / "settings.js", settings)
        template = Configuration((SOURCE / "nginx.conf").read_text())
        (self.folder / "nginx.conf").write_text(template.substitute(self._words()))

    def command(self) -> list[str]:
        configuration = str(self.folder / "nginx.conf")
        return [program(), "-p", str(self.folder), "-c", configuration, "-e", "stderr"]

    def answers(self) -> bool:
        """Once all of its workers are there: a reload has to know which were those before."""
        return super().answers() and len(self.workers()) == WORKERS

    def reload(self, applications: list[int]) -> None:
        """Sends what comes from now on to these processes. What was asked before is answered by
        those before, which may stop when this has returned and they have nothing left to do."""
        before = self.workers()
        self.applications = applications
        self.prepare()
        self._refuse_a_broken_configuration()
        self.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + RELOAD_SECONDS
        while len(now := self.workers()) < WORKERS or now & before:
            if time.monotonic() > deadline:
                raise NotStarted("The edge did not take its new configuration.")
            time.sleep(0.02)

    # It is several processes: what stops or kills one of them leaves the others at work.

    def kill(self) -> None:
        self._signal_all(signal.SIGKILL)
        self.process.wait()

    def freeze(self) -> None:
        self._signal_all(signal.SIGSTOP)
        for process in {self.process.pid, *self.workers()}:
            wait_until_still(process)

    def thaw(self) -> None:
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, how: signal.Signals) -> None:
        os.killpg(self.process.pid, how)

    # --- What is filled in -----------------------------------------------------------------------

    def _words(self) -> dict[str, object]:
        return {
            "user": run_as(),
            "modules": _modules(),
            "workers": WORKERS,
            "open_files": _open_files(),
            "applications": "\n".join(map(_upstream, self.applications)),
            "bucket_host": self._bucket_host,
            "bucket_name": self._bucket.bucket,
            "fresh": self._fresh,
            "scripts": SOURCE,
            "folder": self.folder,
            "port": self.port,
            "plain_port": self.plain_port,
            "domain": self.domain,
        }

    def _settings(self) -> dict[str, object]:
        return {
            "keys": {name: _base64_of(pem) for name, pem in self._keys.items()},
            "host": self._bucket_host,
            "bucket": self._bucket.bucket,
            "region": REGION,
            "access_key": self._bucket.access_key,
            "secret_key": self._bucket.secret_key,
        }

    @property
    def _bucket_host(self) -> str:
        return self._bucket.endpoint.removeprefix("http://")

    # --- Reloading -------------------------------------------------------------------------------

    def _refuse_a_broken_configuration(self) -> None:
        trial = [*self.command(), "-t", "-q"]
        tried = subprocess.run(trial, check=False, capture_output=True, text=True)
        if tried.returncode:
            raise NotStarted(tried.stderr)

    def workers(self) -> set[int]:
        """Those that take new connections."""
        children = children_of(self.process.pid)
        return {child for child in children if _title(child) == "nginx: worker process"}


def program() -> str:
    if found := shutil.which(
        "nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    ):
        return found
    raise NotStarted("There is no nginx here: run scripts/edge")


def _modules() -> str:
    """Where this nginx keeps what it can load."""
    told = subprocess.run([program(), "-V"], capture_output=True, text=True, check=True).stderr
    found = re.search(r"--modules-path=(\S+)", told)
    return found[1] if found else "modules"


def run_as() -> str:
    """nginx started by root would hand its workers to somebody who may not read this folder."""
    return f"user {getpass.getuser()};" if os.geteuid() == 0 else ""


def _open_files() -> int:
    return min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], MOST_FILES)


def _upstream(port: int) -> str:
    return f"        server {HOST}:{port} max_fails=1 fail_timeout=1s;"


def _base64_of(pem: str) -> str:
    return "".join(line for line in pem.splitlines() if "-----" not in line)


def _title(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().strip("\0 ")
    except OSError:
        return ""
