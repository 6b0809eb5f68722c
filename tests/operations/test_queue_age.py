"""How long the oldest job has waited, and how many failed, is a line of the log that a machine can
read."""

import json
import logging
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from django_ox.actions import retry
from django_ox.models import OxTask

from educounsel.operations.logs import JsonLines
from educounsel.operations.queue_age import tell_queue_age
from tests.test_jobs import note

ROOT = Path(__file__).parents[2]


def told(caplog: pytest.LogCaptureFixture, figure: str = "queue_age_seconds") -> list[Any]:
    with caplog.at_level(logging.INFO, "educounsel.queue"):
        tell_queue_age()
    lines = [record for record in caplog.records if record.name == "educounsel.queue"]
    return [json.loads(JsonLines().format(line)).get(figure) for line in lines]


@pytest.mark.django_db
def test_nothing_that_waits_is_no_time(caplog: pytest.LogCaptureFixture) -> None:
    assert told(caplog) == [0]


@pytest.mark.django_db
def test_it_is_the_time_of_the_oldest_that_may_run(caplog: pytest.LogCaptureFixture) -> None:
    for number in range(3):
        note.enqueue(number)
    OxTask.objects.update(run_after=timezone.now() - timedelta(seconds=90))
    later = OxTask.objects.earliest("pk")
    later.run_after = timezone.now() + timedelta(hours=1)
    later.save(update_fields=["run_after"])
    assert told(caplog) == [pytest.approx(90, abs=5)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "hours", "counts"),
    [
        ("FAILED", 1, 1),
        ("LOST", 1, 1),
        ("FAILED", 25, 0),
        ("SUCCESSFUL", 1, 0),
        ("DISCARDED", 1, 0),
        ("READY", None, 0),
    ],
)
def test_jobs_that_failed_are_counted_for_a_day(
    caplog: pytest.LogCaptureFixture, status: str, hours: int | None, counts: int
) -> None:
    note.enqueue(1)
    ended_at = timezone.now() - timedelta(hours=hours) if hours else None
    OxTask.objects.update(status=status, finished_at=ended_at)
    assert told(caplog, "failed_jobs") == [counts]


@pytest.mark.django_db
def test_a_failed_job_that_is_run_again_counts_no_more(caplog: pytest.LogCaptureFixture) -> None:
    job = note.enqueue(1)
    OxTask.objects.update(status="FAILED", finished_at=timezone.now())
    retry(job.id)
    assert told(caplog, "failed_jobs") == [0]


@pytest.mark.django_db
def test_a_database_that_is_away_is_silence(caplog: pytest.LogCaptureFixture) -> None:
    def away(*asked: object) -> None:
        raise OperationalError

    with connection.execute_wrapper(away):
        assert told(caplog) == [None]


def test_a_worker_tells_it_by_itself(tmp_path: Path) -> None:
    """Beside its jobs: a real one, on a database of its own."""
    embedded = {"EDUCOUNSEL_DATA": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": ""}
    environment = os.environ | embedded | {"LOG_FORMAT": "json"}
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "--verbosity=0"], env=environment, cwd=ROOT, check=True)
    with subprocess.Popen(
        [*manage, "work", "--heartbeat-file", str(heart := tmp_path / "heart")],
        env=environment,
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stderr
        lines = map(json.loads, worker.stderr)
        line = next(line for line in lines if line["logger"] == "educounsel.queue")
        look = [*manage, "ox_health", "--heartbeat-file", str(heart)]
        subprocess.run(look, env=environment, cwd=ROOT, check=True)
        worker.terminate()
    assert line["queue_age_seconds"] >= 0
    assert line["failed_jobs"] == 0
