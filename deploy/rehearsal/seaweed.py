"""SeaweedFS as S3: it checks signatures, expiry and rights as the real one does."""

import json
import secrets
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from deploy.rehearsal.keys import write_secret
from deploy.rehearsal.service import HOST, Service, free_port

PROGRAM = Path(sys.executable).with_name("weed")
BUCKET = "educounsel"
REGION = "us-east-1"
# Who may do what, as the roles on AWS say (infra/). The edge reads with a key of its own, as
# CloudFront's Origin Access Control does: so nobody may read the bucket without one.
RIGHTS = {
    "owner": ["Admin"],
    "application": [f"Read:{BUCKET}", f"Write:{BUCKET}", f"List:{BUCKET}"],
    "edge": [f"Read:{BUCKET}"],
}
SERVERS = ("s3", "master", "volume", "filer")
QUICK = Config(connect_timeout=1, read_timeout=5, retries={"total_max_attempts": 1})


@dataclass(frozen=True)
class Account:
    """What somebody needs to come to the bucket."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str

    def client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=QUICK,
        )


class Seaweed(Service):
    name = "seaweed"
    bucket = BUCKET

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(folder, port)
        self._ports = _ports_beside(port)

    def prepare(self) -> None:
        (self.folder / "data").mkdir(exist_ok=True)
        if not self._identities.exists():
            write_secret(self._identities, json.dumps({"identities": _new_identities()}))

    def command(self) -> list[str]:
        ports = [f"-{name}={port}" for name, port in self._ports.items()]
        return [
            str(PROGRAM), "server", "-filer", "-s3", *ports,
            f"-ip={HOST}", f"-ip.bind={HOST}", f"-s3.ip.bind={HOST}",
            f"-dir={self.folder / 'data'}", f"-s3.config={self._identities}",
            f"-s3.localSocket={self.folder / 's3.sock'}",
            f"-filer.localSocket={self.folder / 'filer.sock'}",
            "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false", "-s3.autoCreateBucket=false",
            "-master.telemetry=false", "-master.electionTimeout=1s",
            "-master.volumeSizeLimitMB=64", "-volume.max=30",
        ]  # fmt: skip

    def answers(self) -> bool:
        """Once it keeps what it is given: its gateway answers before its volumes are there."""
        owner = self.account("owner").client()
        try:
            if BUCKET not in [each["Name"] for each in owner.list_buckets()["Buckets"]]:
                owner.create_bucket(Bucket=BUCKET)
            owner.put_object(Bucket=BUCKET, Key="is-it-there", Body=b"yes")
        except (BotoCoreError, ClientError):
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGKILL) -> int:
        """SIGTERM would take it 15 s, and what it said it keeps is in its files already."""
        return super().stop(how)

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def access_key(self) -> str:
        return self.account("application").access_key

    @property
    def secret_key(self) -> str:
        return self.account("application").secret_key

    def account(self, name: str) -> Account:
        """Of the owner, the application or the edge."""
        self.prepare()
        identities = json.loads(self._identities.read_text())["identities"]
        key = next(each for each in identities if each["name"] == name)["credentials"][0]
        return Account(self.endpoint, BUCKET, key["accessKey"], key["secretKey"])

    @property
    def _identities(self) -> Path:
        return self.folder / "s3.json"


def _new_identities() -> list[dict[str, Any]]:
    return [
        {"name": name, "actions": rights, "credentials": [_new_key()]}
        for name, rights in RIGHTS.items()
    ]


def _new_key() -> dict[str, str]:
    return {"accessKey": f"AKIA{secrets.token_hex(8).upper()}", "secretKey": secrets.token_hex(20)}


def _ports_beside(port: int) -> dict[str, int]:
    """Each server has two; the second is at a distance of 10,000 unless it is told."""
    names = [f"{each}.port" for each in SERVERS] + [f"{each}.port.grpc" for each in SERVERS]
    ports = {port}
    while len(ports) < len(names):
        ports.add(free_port())
    return dict(zip(names, [port, *(ports - {port})], strict=True))
