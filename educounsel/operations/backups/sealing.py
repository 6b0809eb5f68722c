"""Backups are encrypted with age (age-encryption.org) to a public key: their maker cannot read it.

Everything streams: what is written on one side of a pipe is encrypted on the other.
"""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyrage
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.db import Error as DatabaseError
from pyrage.x25519 import Identity, Recipient

CHUNK = 1024 * 1024
# Of a disk, of a bucket, and of the database.
FAILURES = (OSError, BotoCoreError, ClientError, Boto3Error, DatabaseError)


class Refused(Exception):
    """With a sentence for whoever keeps the server."""


def reason(failure: Exception) -> str:
    """In a few words."""
    match failure:
        case OSError():
            return failure.strerror or str(failure)
        case ClientError():
            status = failure.response["ResponseMetadata"]["HTTPStatusCode"]
            return f"the storage refuses {failure.operation_name} ({status})"
        case DatabaseError(__cause__=sqlite3.Error(sqlite_errorname="SQLITE_FULL")):
            return os.strerror(errno.ENOSPC)
        case DatabaseError():
            return f"the database does not answer ({type(failure).__name__})"
        case _:
            return f"the storage does not answer ({type(failure).__name__})"


def recipient(text: str) -> Recipient:
    try:
        return Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise Refused(
            "BACKUP_RECIPIENT must be a public key of age (age1...): docs/runbook.md says how one"
            " is made."
        ) from error


def identities(path: Path) -> list[Identity]:
    """As age-keygen writes them: one a line, after comments."""
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
        return [Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (pyrage.IdentityError, UnicodeDecodeError) as error:
        raise Refused(f"{path} holds no identity of age (AGE-SECRET-KEY-1...).") from error


@contextmanager
def encrypted(target: IO[bytes], to: Recipient) -> Iterator[IO[bytes]]:
    """What is written into it arrives in `target`, encrypted."""
    reader, writer = _pipe()
    with _beside(lambda: _encrypt(reader, target, to)) as finish, writer:
        try:
            yield writer
            writer.close()
        except BrokenPipeError:
            finish()  # says why nobody reads any more
            raise
        finish()


def _encrypt(reader: IO[bytes], target: IO[bytes], to: Recipient) -> None:
    with reader:  # closed at a failure too, or else the other side would write for ever
        try:
            pyrage.encrypt_io(reader, target, [to])
        except pyrage.EncryptError as error:
            raise Refused(f"The backup could not be written: {error}") from error


@contextmanager
def decrypted(source: IO[bytes], by: list[Identity]) -> Iterator[IO[bytes]]:
    """The plain bytes of `source`. That they are whole is known at the end of the block only."""
    reader, writer = _pipe()
    with _beside(lambda: _decrypt(source, writer, by)) as finish, reader:
        try:
            yield reader
        except Exception:  # most often for want of what could not be decrypted: that is said then
            _read_to_the_end(reader)
            finish()
            raise
        _read_to_the_end(reader)
        finish()


def _decrypt(source: IO[bytes], writer: IO[bytes], by: list[Identity]) -> None:
    with writer:
        try:
            pyrage.decrypt_io(source, writer, by)
        except pyrage.DecryptError as error:
            raise Refused(f"It is no backup that this identity opens ({error}).") from error
        except OSError as error:
            raise Refused(f"It was changed or cut off after it was made ({error}).") from error


def _read_to_the_end(reader: IO[bytes]) -> None:
    while reader.read(CHUNK):
        pass


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    reader, writer = os.pipe()
    return os.fdopen(reader, "rb"), os.fdopen(writer, "wb")


@contextmanager
def _beside(work: Callable[[], None]) -> Iterator[Callable[[], None]]:
    """Does it in a thread; what it yields waits for the end, and raises what went wrong."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work).result
