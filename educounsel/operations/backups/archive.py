"""What lies in a backup: the database, every file, and a manifest of both at the end."""

import hashlib
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import IO, Protocol

from educounsel.operations.backups.sealing import CHUNK, Refused

DATABASE, FILES, MANIFEST = "database", "files/", "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """`parts` holds the SHA-256 of each part, `made_at` the time in UTC."""

    release: str
    made_at: str
    migrations: list[str]
    rows: dict[str, int]
    parts: dict[str, str]

    @property
    def files(self) -> int:
        return sum(name.startswith(FILES) for name in self.parts)


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@contextmanager
def writing(stream: IO[bytes]) -> Iterator["Writer"]:
    """Also where it fails nothing is left that would write later, into a stream that is closed."""
    with tarfile.TarFile.open(fileobj=stream, mode="w|") as tar:
        yield Writer(tar)


class Writer:
    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.parts: dict[str, str] = {}

    def add(self, name: str, content: Readable, size: int) -> None:
        """Raises OSError where `content` is shorter than `size`."""
        read = _Hashed(content)
        self._tar.addfile(_member(name, size), read)  # type: ignore[arg-type]  # only reads
        self.parts[name] = read.digest.hexdigest()

    def end_with(self, manifest: Manifest) -> None:
        text = json.dumps(asdict(manifest)).encode()
        self._tar.addfile(_member(MANIFEST, len(text)), BytesIO(text))


def members(stream: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    """Each part's name and content, to be read before the next one is asked for."""
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for member in tar:
            if content := tar.extractfile(member):
                yield member.name, content


def verified(stream: IO[bytes]) -> Manifest:
    """Reads everything once, and keeps nothing of it."""
    found: dict[str, str] = {}
    manifest = None
    for name, content in members(stream):
        if name == MANIFEST:
            manifest = Manifest(**json.load(content))
        else:
            found[name] = _digest(content)
    if manifest is None or found != manifest.parts:
        raise Refused("What lies in it is not what its manifest names.")
    return manifest


def _digest(content: IO[bytes]) -> str:
    hashed = _Hashed(content)
    while hashed.read(CHUNK):
        pass
    return hashed.digest.hexdigest()


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = size
    return member


class _Hashed:
    def __init__(self, content: Readable) -> None:
        self._content, self.digest = content, hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._content.read(size)
        self.digest.update(data)
        return data
