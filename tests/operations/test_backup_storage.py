"""A backup asks its bucket again where one answer of thousands fails, and says what it refuses."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pyrage.x25519 import Identity
from pytest_django import Settings

from educounsel.operations.backups.archive import Manifest
from educounsel.operations.backups.making import back_up, stored_files
from educounsel.operations.backups.restoring import count_again
from educounsel.operations.backups.sealing import Refused
from educounsel.settings import S3_FILES, S3_FILES_FOR_BACKUPS

ROOT = Path(__file__).parents[2]
ONE_FILE = (
    b"<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>"
    b"<Contents><Key>media/a.pdf</Key><Size>1</Size></Contents></ListBucketResult>"
)


@dataclass
class Bucket:
    """Answers with these statuses, then with a list of one file."""

    statuses: list[int] = field(default_factory=list)


@pytest.fixture
def bucket(settings: Settings) -> Iterator[Bucket]:
    there = Bucket()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = there.statuses.pop(0) if there.statuses else 200
            body = ONE_FILE if status == 200 else b""
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        place: dict[str, Any] = {
            "bucket_name": "b", "region_name": "x", "access_key": "a", "secret_key": "rahasia",
            "endpoint_url": f"http://127.0.0.1:{server.server_port}",
        }  # fmt: skip
        settings.STORAGES = settings.STORAGES | {
            "default": S3_FILES | {"OPTIONS": S3_FILES["OPTIONS"] | place},
            "backups": S3_FILES_FOR_BACKUPS | {"OPTIONS": S3_FILES_FOR_BACKUPS["OPTIONS"] | place},
        }
        threading.Thread(target=server.serve_forever).start()
        yield there
        server.shutdown()


def test_an_answer_that_fails_is_asked_for_again(bucket: Bucket) -> None:
    bucket.statuses = [503, 500]
    assert list(stored_files()) == ["a.pdf"]


@pytest.mark.django_db(transaction=True)
def test_a_bucket_that_refuses_ends_it_in_a_sentence(bucket: Bucket, tmp_path: Path) -> None:
    bucket.statuses = [403] * 9
    with pytest.raises(Refused, match=r"^No backup was made: .* \(403\)") as refused:
        back_up(tmp_path, Identity.generate().to_public())
    assert "rahasia" not in str(refused.value)
    assert list(tmp_path.glob("*.age")) == []


@pytest.mark.django_db
def test_a_bucket_that_fails_after_all_is_written_does_not_hide_that_it_is(bucket: Bucket) -> None:
    bucket.statuses = [403] * 9
    manifest = Manifest(release="1", made_at="", migrations=[], rows={}, parts={})
    with pytest.raises(Refused, match=r"^All was written, and not counted again: .* \(403\)"):
        count_again(manifest)


def test_a_database_that_is_away_is_said_in_a_sentence(tmp_path: Path) -> None:
    key = Identity.generate()
    run = subprocess.run(
        [sys.executable, "manage.py", "backup", str(tmp_path)],
        cwd=ROOT,
        env=os.environ
        | {
            "EDUCOUNSEL_DATA": str(tmp_path / "data"),
            "DATABASE_URL": "postgresql://sekolah:rahasia@127.0.0.1:1/x",
            "BACKUP_RECIPIENT": str(key.to_public()),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "\nCommandError: No backup was made: the database does not answer (" in run.stderr
    assert [word for word in ("Traceback", "rahasia") if word in run.stderr] == []
    assert list(tmp_path.glob("*.age")) == []
