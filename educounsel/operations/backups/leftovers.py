"""What a backup was writing when it was killed: nobody holds its lock any more."""

import fcntl
from contextlib import suppress
from pathlib import Path
from typing import IO


def claim(file: IO[bytes]) -> None:
    """Until it is closed or its process ends, however it ends. Raises OSError where it is taken."""
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def remove_leftovers(folder: Path, names: str) -> None:
    """Of one that runs now nothing is taken away."""
    for path in folder.glob(names):
        with suppress(BlockingIOError, FileNotFoundError), path.open("rb") as left:
            claim(left)
            path.unlink()
