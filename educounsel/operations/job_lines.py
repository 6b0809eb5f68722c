"""Which request asked for a job, and which lines are that job's: a request's id leads to both."""

import logging
from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.tasks import TaskResult
from django.tasks.signals import task_enqueued, task_finished, task_started

from educounsel.operations.logs import job_id

log = logging.getLogger("educounsel.queued")


@receiver(task_enqueued)
def note_who_asked(task_result: "TaskResult[Any, Any]", **kwargs: Any) -> None:
    figures = {"task": task_result.task.module_path, "queued": task_result.id}
    line = partial(log.info, "%(task)s queued as %(queued)s", figures, extra={"figures": figures})
    transaction.on_commit(line)


@receiver(task_started)
def begin(task_result: "TaskResult[Any, Any]", **kwargs: Any) -> None:
    job_id.set(task_result.id)


@receiver(task_finished)
def end(**kwargs: Any) -> None:
    """Not told of a job that is tried again: its thread's lines are its own until the next one."""
    job_id.set("")
