"""Production on one machine: every part of its own kind, and several of each of our processes."""

import os
import secrets
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from cryptography.fernet import Fernet

from deploy.rehearsal.application import MANAGE, Process, Web, Worker
from deploy.rehearsal.edge import Edge
from deploy.rehearsal.keys import LinkKey, new_push_key
from deploy.rehearsal.postgres import Postgres
from deploy.rehearsal.programs import search_path
from deploy.rehearsal.redis_server import RedisServer
from deploy.rehearsal.seaweed import Seaweed
from deploy.rehearsal.service import HOST, NotStarted, Service, free_port, start_together


class Machine:
    """`folder` keeps data, logs and secrets. `more` is added to the settings of every process."""

    def __init__(
        self, folder: Path, *, webs: int = 2, workers: int = 2, more: dict[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.postgres = Postgres(folder / "postgres", free_port())
        self.redis = RedisServer(folder / "redis", free_port(), keeps=True)
        self.cache = RedisServer(folder / "cache", free_port(), keeps=False)
        self.s3 = Seaweed(folder / "s3", free_port())
        self._key = LinkKey(folder / "edge")
        keys = {self._key.id: self._key.public}
        self.edge = Edge(folder / "edge", free_port(), self.s3.account("edge"), keys)
        self.settings = os.environ | self._settings() | (more or {})
        self.webs = [Web(folder / f"web-{n}", free_port(), self.settings) for n in range(webs)]
        self.workers = [
            Worker(folder / f"worker-{n}", free_port(), self.settings) for n in range(workers)
        ]
        self._running = ExitStack()

    @property
    def url(self) -> str:
        return f"https://{self.edge.domain}"

    @property
    def parts(self) -> list[Service]:
        return [self.postgres, self.redis, self.cache, self.s3]

    @property
    def processes(self) -> list[Process]:
        return [*self.webs, *self.workers]

    def start(self) -> None:
        """Every part first, then the release, then our processes, the edge last."""
        self._start(*self.parts)
        self.manage("prepare")
        self._start(*self.processes)
        self.edge.applications = [web.port for web in self.webs]
        self._start(self.edge)

    def stop(self) -> None:
        """In the other order: nobody asks a part that is gone."""
        self._running.close()

    def manage(self, *words: str) -> str:
        """What a command of manage.py prints. Raises NotStarted with what it complained of."""
        run = subprocess.run(
            [sys.executable, MANAGE, *words],
            env=self.settings,
            check=False,
            capture_output=True,
            text=True,
        )
        if run.returncode:
            raise NotStarted(f"manage.py {words[0]}: {run.stdout}{run.stderr}")
        return run.stdout

    def revive(self) -> None:
        """Those of our processes that are dead are started again."""
        start_together(each for each in self.processes if not each.is_running())

    def _start(self, *services: Service) -> None:
        for service in services:
            self._running.callback(_end, service)
        start_together(services)

    def _settings(self) -> dict[str, str]:
        return {
            "PATH": search_path(),
            "EDUCOUNSEL_PROFILE": "production",
            "EDUCOUNSEL_DEMO": "1",
            "EDUCOUNSEL_DATA": str(self.folder / "data"),
            "ALLOWED_HOSTS": HOST,
            "SECRET_KEY": self._kept("secret_key", secrets.token_urlsafe(64)),
            "COMPANION_KEYS": self._kept("companion_keys", Fernet.generate_key().decode()),
            "METRICS_TOKEN": self._kept("metrics_token", secrets.token_urlsafe(32)),
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "CACHE_REDIS_URL": self.cache.url,
            "S3_ENDPOINT_URL": self.s3.endpoint,
            "S3_REGION": "us-east-1",
            "S3_BUCKET": self.s3.bucket,
            "S3_ACCESS_KEY_ID": self.s3.access_key,
            "S3_SECRET_ACCESS_KEY": self.s3.secret_key,
            "CLOUDFRONT_DOMAIN": self.edge.domain,
            "CLOUDFRONT_KEY_ID": self._key.id,
            "CLOUDFRONT_KEY": self._key.private,
            "PUBLIC_URL": self.url,
            "WEB_PUSH_PRIVATE_KEY": self._kept("web_push_key", new_push_key()),
        }

    def _kept(self, name: str, fresh: str) -> str:
        """A secret that outlives the rehearsal, as its data do."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / name
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(fresh)
        return file.read_text()


def _end(service: Service) -> None:
    if service.is_running():
        service.stop()
