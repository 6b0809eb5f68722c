"""The database at one moment, as a file of its own tools: a copy of SQLite, a dump of PostgreSQL.

Both are plain text. Of a dump nothing stays on the disk when the process ends, however it ends;
SQLite copies into a file that has a name, and what a kill leaves of it the next backup removes.
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction

from educounsel.operations.backups.leftovers import claim, remove_leftovers
from educounsel.operations.backups.sealing import Refused

DEBIANS_FOLDER = Path("/usr/lib/postgresql")
COPY = ".copy-for-a-backup-"


def tables() -> list[str]:
    return sorted(connection.introspection.table_names())


def rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        return _count(cursor, tables())


def dump(to: IO[bytes]) -> dict[str, int]:
    """The number of rows of each table in it."""
    return _dump_postgresql(to) if connection.vendor == "postgresql" else _dump_sqlite(to)


def load(content: IO[bytes]) -> None:
    """Into an empty database: all of it, or nothing."""
    connection.close()
    if connection.vendor == "postgresql":
        _run_with("pg_restore", "--single-transaction", "--no-owner", "--no-acl", stdin=content)
    else:
        _load_sqlite(content)


def _dump_sqlite(to: IO[bytes]) -> dict[str, int]:
    """VACUUM INTO leaves behind what was deleted."""
    remove_leftovers(settings.DATA_DIR, f"{COPY}*")
    with tempfile.NamedTemporaryFile(dir=settings.DATA_DIR, prefix=COPY) as copy:
        claim(copy.file)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [copy.name])
        shutil.copyfileobj(copy, to)
        with closing(sqlite3.connect(copy.name)) as opened:
            return _count(opened.cursor(), tables())


def _load_sqlite(content: IO[bytes]) -> None:
    place = Path(connection.settings_dict["NAME"])
    draft = place.with_name(f".{place.name}.unfinished")
    try:
        with draft.open("wb") as written:
            shutil.copyfileobj(content, written)
            os.fsync(written.fileno())
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)


def _dump_postgresql(to: IO[bytes]) -> dict[str, int]:
    """Counted in the very snapshot that is dumped."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        # It waits for the dump, however long: a server may end what idles in a transaction.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        counted = _count(cursor, tables())
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        _run_with("pg_dump", "--format=custom", f"--snapshot={snapshot}", stdout=to)
        return counted


def _run_with(
    name: str, *options: str, stdin: IO[bytes] | None = None, stdout: IO[bytes] | None = None
) -> None:
    """One of PostgreSQL's programs, on our database. The password goes by the environment."""
    (_, *where, database), secrets = connection.client.settings_to_cmd_args_env(
        connection.settings_dict, []
    )
    run = subprocess.run(  # noqa: S603  # the words are ours
        [_program(name), *options, *where, f"--dbname={database}"],
        env=os.environ | (secrets or {}),
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
    )
    if run.returncode:
        said = run.stderr.decode(errors="replace").strip() or f"it ended with {run.returncode}"
        raise Refused(f"{name}: {said.splitlines()[0]}")


def _program(name: str) -> str:
    """Debian keeps most of them off the PATH, one folder a version: the newest reads all."""
    folders = sorted(DEBIANS_FOLDER.glob("*/bin"), key=lambda folder: -int(folder.parent.name))
    if found := shutil.which(name) or shutil.which(name, path=os.pathsep.join(map(str, folders))):
        return found
    raise Refused(f"There is no {name} on this machine: install PostgreSQL's client programs.")


def _count(cursor: Any, names: Iterable[str]) -> dict[str, int]:
    counted = {}
    for name in names:
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608
        (counted[name],) = cursor.fetchone()
    return counted
