"""Two servers on one data folder would set it up at once, and each tell half of the sockets."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import CommandError


@contextmanager
def only_one_on(folder: Path) -> Iterator[None]:
    """A lock that ends with the process, however that ends. Commands beside a server take none."""
    with (folder / "serve.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError(
                f"EduCounsel already runs on {folder}. Stop it first, or choose another folder "
                "with EDUCOUNSEL_DATA."
            ) from error
        yield
