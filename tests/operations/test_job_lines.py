"""A request's id leads to the jobs it asked for, and a job's id to what was said in it."""

import json
import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.tasks import task
from django_ox.models import OxTask
from django_ox.worker import Worker

from educounsel.operations.logs import JsonLines, Lines, job_id, request_id

log = logging.getLogger("educounsel.tests")


@task
def say() -> None:
    log.warning("Said in the job")


class Formatted(logging.Handler):
    """Formats where the line is said, as a handler of stderr does."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[dict[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(json.loads(JsonLines().format(record)))


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[dict[str, str]]]:
    caplog.set_level(logging.INFO, "educounsel.queued")
    handler = Formatted()
    logging.getLogger("educounsel").addHandler(handler)
    yield handler.said
    logging.getLogger("educounsel").removeHandler(handler)


def run_next_job() -> None:
    worker = Worker()
    job = worker.claim_one()
    assert job
    worker.execute(job)


@pytest.mark.django_db(transaction=True)
def test_a_request_leads_to_the_lines_of_its_job(lines: list[dict[str, str]]) -> None:
    token = request_id.set("request-1")
    say.enqueue()
    request_id.reset(token)
    run_next_job()
    queued, said = lines
    assert (queued["request_id"], queued["task"]) == ("request-1", say.module_path)
    assert said["job_id"] == queued["queued"] == str(OxTask.objects.get().pk)
    assert job_id.get() == ""


@pytest.mark.django_db
def test_a_job_that_was_taken_back_has_no_line(lines: list[dict[str, str]]) -> None:
    with transaction.atomic():
        say.enqueue()
        transaction.set_rollback(True)
    assert lines == []


def test_a_line_for_people_names_the_job_too() -> None:
    token = job_id.set("job-1")
    record = logging.LogRecord("x", logging.WARNING, "", 1, "It broke", None, None)
    assert "[job-1] It broke" in Lines().format(record)
    job_id.reset(token)
