"""A backup of PostgreSQL and S3 comes back into an empty database and an empty bucket."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from pyrage.x25519 import Identity

from deploy.rehearsal.machine import Machine
from deploy.rehearsal.service import NotStarted

OTHER = "educounsel-restored"
BIG = os.urandom(12_000_000)  # more than S3 takes in one piece

LOST_KEYS = (
    "from educounsel.companion.resealing import notice_a_lost_key; print(notice_a_lost_key())"
)


@dataclass
class Place:
    """Another machine on the same servers: a database and a bucket of its own."""

    machine: Machine
    settings: dict[str, str]

    def manage(self, *words: str) -> str:
        kept, self.machine.settings = self.machine.settings, self.settings
        try:
            return self.machine.manage(*words)
        finally:
            self.machine.settings = kept


@pytest.fixture
def here(machine: Machine, tmp_path: Path) -> Place:
    key = Identity.generate()
    (tmp_path / "identity.txt").write_text(str(key))
    return Place(machine, machine.settings | {"BACKUP_RECIPIENT": str(key.to_public())})


@pytest.fixture
def there(machine: Machine, tmp_path: Path) -> Iterator[Place]:
    owner = machine.s3.account("owner")
    owner.client().create_bucket(Bucket=OTHER)
    with psycopg.connect(machine.postgres.url, autocommit=True) as server:
        server.execute(SQL("CREATE DATABASE {}").format(Identifier(OTHER)))
    changed = {
        "DATABASE_URL": machine.postgres.url.rpartition("/")[0] + f"/{OTHER}",
        "S3_BUCKET": OTHER,
        "S3_ACCESS_KEY_ID": owner.access_key,
        "S3_SECRET_ACCESS_KEY": owner.secret_key,
        "EDUCOUNSEL_DATA": str(tmp_path / "data"),
    }
    yield Place(machine, machine.settings | changed)
    with psycopg.connect(machine.postgres.url, autocommit=True) as server:
        server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(OTHER)))
    for name in files(machine, OTHER):
        owner.client().delete_object(Bucket=OTHER, Key=name)
    owner.client().delete_bucket(Bucket=OTHER)


def tables(url: str) -> dict[str, list[Any]]:
    with psycopg.connect(url) as server:
        names = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {
            name: sorted(server.execute(SQL("SELECT * FROM {}").format(Identifier(name))), key=repr)
            for (name,) in names.fetchall()
        }


def files(machine: Machine, bucket: str) -> dict[str, bytes]:
    client = machine.s3.account("owner").client()
    listed = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="media/")
    keys = [each["Key"] for page in listed for each in page.get("Contents", [])]
    return {key: client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def quiet(machine: Machine) -> None:
    for process in machine.processes:
        process.stop()


@pytest.mark.timeout(400)  # every process is stopped, so that nothing is written, and started again
def test_all_of_production_comes_back(here: Place, there: Place, tmp_path: Path) -> None:
    machine = here.machine
    client = machine.s3.account("owner").client()
    client.put_object(Bucket=machine.s3.bucket, Key="media/besar.bin", Body=BIG)
    quiet(machine)
    try:
        here.manage("backup", str(tmp_path))
        (backup,) = tmp_path.glob("educounsel-*.age")
        restore = ("restore", str(backup), "--identity", str(tmp_path / "identity.txt"))
        there.manage(*restore)
        assert tables(there.settings["DATABASE_URL"]) == tables(machine.postgres.url)
        assert files(machine, OTHER) == files(machine, machine.s3.bucket)
        there.manage("prepare")
        assert there.manage("shell", "--verbosity", "0", "-c", LOST_KEYS).strip() == "[]"
        with pytest.raises(NotStarted, match="into an empty one only"):
            there.manage(*restore)
    finally:
        client.delete_object(Bucket=machine.s3.bucket, Key="media/besar.bin")
        for process in machine.processes:
            process.start()
