import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import storages
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pyrage.x25519 import Recipient

from educounsel.operations.backups import databases
from educounsel.operations.backups.archive import DATABASE, FILES, Manifest, Writer, writing
from educounsel.operations.backups.leftovers import claim, remove_leftovers
from educounsel.operations.backups.scratch import scratch_file
from educounsel.operations.backups.sealing import FAILURES, Refused, encrypted, reason

UNFINISHED = ".unfinished-"


def back_up(folder: Path, to: Recipient) -> tuple[Path, Manifest]:
    place = folder / f"educounsel-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.age"
    try:
        remove_leftovers(folder, f"{UNFINISHED}*.age")
        with (
            _whole(place) as written,
            encrypted(written, to) as stream,
            writing(stream) as writer,
        ):
            manifest = _write(writer)
    except FAILURES as error:
        raise Refused(f"No backup was made: {reason(error)}.") from error
    return place, manifest


@contextmanager
def _whole(place: Path) -> Iterator[IO[bytes]]:
    """Gets its name when it is whole and on the disk; before, it has none that looks like one, and
    none that another of the same second has."""
    draft = place.with_name(f"{UNFINISHED}{uuid4().hex}.age")
    with draft.open("xb") as written:
        try:
            claim(written)
            yield written
            written.flush()
            os.fsync(written.fileno())
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)


def stored_files(folder: str = "") -> Iterator[str]:
    """The name of every file in the storage."""
    try:
        folders, files = storages["backups"].listdir(folder)
    except FileNotFoundError:
        return  # before the first file there is no folder for them
    yield from (f"{folder}{name}" for name in files)
    for name in folders:
        yield from stored_files(f"{folder}{name}/")


def applied_migrations() -> list[str]:
    known = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in known)


def _write(writer: Writer) -> Manifest:
    """The database first: a file that comes later belongs to a row that comes later."""
    migrations = applied_migrations()
    with scratch_file() as copy:
        rows = databases.dump(copy)
        size = copy.seek(0, os.SEEK_END)
        copy.seek(0)
        writer.add(DATABASE, copy, size)
    for name in stored_files():
        _add_file(writer, name)
    manifest = Manifest(_release(), _now(), migrations, rows, writer.parts)
    writer.end_with(manifest)
    return manifest


def _add_file(writer: Writer, name: str) -> None:
    try:
        content = storages["backups"].open(name)
    except FileNotFoundError:
        return  # deleted a moment ago, as its row was
    with content:
        writer.add(f"{FILES}{name}", content, content.size)


def _release() -> str:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
    return str(project["project"]["version"])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
