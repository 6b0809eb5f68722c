import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import storages
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from educounsel.operations.backups import databases
from educounsel.operations.backups.archive import DATABASE, FILES, Manifest, members, verified
from educounsel.operations.backups.making import stored_files
from educounsel.operations.backups.scratch import scratch_file
from educounsel.operations.backups.sealing import FAILURES, Refused, decrypted, identities, reason


def restore(backup: Path, identity: Path) -> Manifest:
    """All of it is read and verified before any of it is written."""
    try:
        _refuse_a_full_place()
        with _opened(backup, identity) as stream:
            manifest = verified(stream)
        _refuse_a_newer_release(manifest)
        _write(backup, identity)
    except FAILURES as error:
        raise Refused(f"Nothing was restored: {reason(error)}.") from error
    count_again(manifest)
    return manifest


def count_again(manifest: Manifest) -> None:
    """Raises Refused where other things are here than were backed up, or they cannot be counted."""
    try:
        _compare(manifest)
    except FAILURES as error:
        raise Refused(f"All was written, and not counted again: {reason(error)}.") from error


def _refuse_a_full_place() -> None:
    if databases.tables():
        raise Refused("This database has tables. A backup is restored into an empty one only.")
    if any(stored_files()):
        raise Refused("Files are stored here. A backup is restored into an empty storage only.")


@contextmanager
def _opened(backup: Path, identity: Path) -> Iterator[IO[bytes]]:
    try:
        with backup.open("rb") as source, decrypted(source, identities(identity)) as stream:
            yield stream
    except tarfile.TarError as error:
        raise Refused(f"{backup.name} is no backup of EduCounsel.") from error


def _refuse_a_newer_release(manifest: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if newer := set(manifest.migrations) - known:
        raise Refused(f"It is of a newer release than this one: {min(newer)} is not known here.")


def _write(backup: Path, identity: Path) -> None:
    """The database last and at once: until then, what was written can be taken away again."""
    saved: list[str] = []
    try:
        with scratch_file() as dump:
            with _opened(backup, identity) as stream:
                for name, content in members(stream):
                    if name == DATABASE:
                        shutil.copyfileobj(content, dump)
                    elif name.startswith(FILES):
                        saved.append(_save(name.removeprefix(FILES), content))
            dump.seek(0)
            databases.load(dump)
    except BaseException:
        for name in saved:
            storages["backups"].delete(name)
        raise


def _save(name: str, content: IO[bytes]) -> str:
    """By way of a file without a name: S3 reads what it sends more than once."""
    with scratch_file() as file:
        shutil.copyfileobj(content, file)
        file.seek(0)
        return storages["backups"].save(name, File(file))


def _compare(manifest: Manifest) -> None:
    found = databases.rows()
    connection.close()
    if wrong := sorted(name for name in manifest.rows if found.get(name) != manifest.rows[name]):
        raise Refused(f"Other numbers of rows than were backed up: {', '.join(wrong)}.")
    if len(list(stored_files())) != manifest.files:
        raise Refused("Another number of files than was backed up.")
