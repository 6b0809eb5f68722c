"""Runs a command beside PostgreSQL and Redis: python -m deploy.rehearsal.with_parts COMMAND."""

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from deploy.rehearsal.postgres import Postgres
from deploy.rehearsal.programs import search_path
from deploy.rehearsal.redis_server import RedisServer
from deploy.rehearsal.service import free_port


def main(command: list[str]) -> int:
    """The exit status of the command."""
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="educounsel-")))
        postgres = Postgres(folder / "postgres", free_port())
        redis = RedisServer(folder / "redis", free_port(), keeps=True)
        for part in (postgres, redis):
            part.start()
            running.callback(part.stop)
        there = {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url, "PATH": search_path()}
        return subprocess.run(command, env=os.environ | there, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
