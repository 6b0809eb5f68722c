import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from deploy.rehearsal.programs import search_path
from deploy.rehearsal.service import HOST, NotStarted, Service, children_of, wait_until_still

NAME = "educounsel"
KEPT = "educounsel-kept"


class Postgres(Service):
    name = "postgres"

    @property
    def url(self) -> str:
        return f"postgresql://{NAME}@{HOST}:{self.port}/{NAME}"

    def prepare(self) -> None:
        if (self._data / "PG_VERSION").exists():
            return
        self._data.mkdir(exist_ok=True)
        if _is_root():
            os.chown(self._data, *_account())
        options = [
            "-D",
            str(self._data),
            "-U",
            NAME,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]
        made = subprocess.run(
            [*_as_nobody_special(), program("initdb"), *options],
            check=False,
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise NotStarted(made.stderr)

    def command(self) -> list[str]:
        options = ["-D", str(self._data), "-h", HOST, "-p", str(self.port), "-k", ""]
        return [*_as_nobody_special(), program("postgres"), *options]

    def start(self) -> None:
        super().start()
        with psycopg.connect(self._everybodys, autocommit=True) as server:
            known = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
            if not known.fetchone():
                server.execute(f'CREATE DATABASE "{NAME}"')

    def answers(self) -> bool:
        try:
            psycopg.connect(self._everybodys, connect_timeout=1).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """SIGINT ends its connections; at SIGTERM it would wait for them to end by themselves."""
        return super().stop(how)

    # A connection is answered by a process of its own.

    def freeze(self) -> None:
        super().freeze()
        for process in children_of(self.process.pid):
            os.kill(process, signal.SIGSTOP)
            wait_until_still(process)

    def thaw(self) -> None:
        for process in children_of(self.process.pid):
            os.kill(process, signal.SIGCONT)
        super().thaw()

    def keep(self) -> None:
        """Its data as they are now, for `bring_back`. Waits some seconds for whoever is at them."""
        with psycopg.connect(self._everybodys, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{KEPT}" TEMPLATE "{NAME}"')

    def bring_back(self) -> None:
        """Whoever is at what was written since is cut off."""
        with psycopg.connect(self._everybodys, autocommit=True) as server:
            server.execute(f'DROP DATABASE "{NAME}" WITH (FORCE)')
            server.execute(f'CREATE DATABASE "{NAME}" TEMPLATE "{KEPT}"')

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _everybodys(self) -> str:
        return f"postgresql://{NAME}@{HOST}:{self.port}/postgres"


def program(name: str) -> str:
    if found := shutil.which(name, path=search_path()):
        return found
    raise NotStarted(f"There is no {name} here: run scripts/parts")


def _as_nobody_special() -> list[str]:
    """PostgreSQL refuses to run as root. The capability lets it into a folder of root's own."""
    if not _is_root():
        return []
    uid, gid = _account()
    who = [f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]
    return ["setpriv", *who, "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]


def _account() -> tuple[int, int]:
    """Debian's package makes one for it, a wheel does not."""
    known = {each.pw_name: (each.pw_uid, each.pw_gid) for each in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _is_root() -> bool:
    return os.geteuid() == 0
