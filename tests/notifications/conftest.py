"""News that a person may get, and the jobs that tell them elsewhere, run as a worker would."""

from collections.abc import Callable
from typing import Any

import pytest
from django_ox.models import OxTask

from educounsel.accounts.models import User
from educounsel.notifications import tasks
from educounsel.notifications.models import Notification

type Tell = Callable[..., Notification]
type RunJobs = Callable[[], int]


@pytest.fixture
def tell(db: None) -> Tell:
    made = 0

    def make(person: User, kind: str = "materi", **fields: Any) -> Notification:
        nonlocal made
        made += 1
        url = f"/student/materi/{made}"
        row = Notification.objects.create(
            recipient=person, kind=kind, subject=f"{kind}:{made}", icon="book",
            **{"title": "Cemas sebelum ujian", "text": "Sari Amelia", "url": url} | fields,
        )  # fmt: skip
        tasks.deliver_elsewhere.call([row.pk])
        return row

    return make


@pytest.fixture
def run_jobs(db: None) -> RunJobs:
    """Runs every delivery that waits, whenever it is due; says how many."""

    def run() -> int:
        jobs = OxTask.objects.filter(task_path__endswith=".send_delivery", status="READY")
        waiting = list(jobs.order_by("enqueued_at", "args"))
        OxTask.objects.filter(pk__in=[job.pk for job in waiting]).delete()
        for job in waiting:
            tasks.send_delivery.call(*job.args)
        return len(waiting)

    return run
