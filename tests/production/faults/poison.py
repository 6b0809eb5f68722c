"""A job that takes its worker down with it."""

import os
import signal

from django.tasks import task


@task
def kill_the_worker() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
