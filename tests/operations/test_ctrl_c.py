"""Ctrl-C ends the embedded server, whatever its jobs do."""

import signal
from pathlib import Path

import pytest

from tests.flows.server import Server

ENDLESS = """
from threading import Event
from django_ox.models import OxTask
from tests.production.faults.poison import never_end_nor_listen
job = OxTask.objects.get(pk=never_end_nor_listen.enqueue().id)
while job.status != "RUNNING":
    Event().wait(0.1)
    job.refresh_from_db()
"""


@pytest.mark.timeout(120)
def test_a_job_that_never_ends_does_not_hold_the_server(tmp_path: Path) -> None:
    server = Server(tmp_path, {"EDUCOUNSEL_PROFILE": ""})
    server.start()
    server.run(ENDLESS)
    assert server.stop(signal.SIGINT) == -signal.SIGINT
