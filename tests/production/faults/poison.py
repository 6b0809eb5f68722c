"""Jobs that take their worker down with them, or its threads."""

import os
import signal
import time
from contextlib import suppress

from django.tasks import task


@task
def kill_the_worker() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@task
def never_end() -> None:
    while True:
        time.sleep(1)


@task
def never_end_nor_listen() -> None:
    """Its thread cannot be told to end, as one that waits in a C library for ever."""
    while True:
        with suppress(Exception):
            time.sleep(1)
