"""A provider or a push service that says nothing holds up its own jobs, and nobody else's."""

import threading
from collections.abc import Callable, Iterator
from time import monotonic

import pytest
from django.tasks import task
from django_ox.models import OxTask

from educounsel.companion.case_tasks import mail_case
from educounsel.companion.tasks import process_chatbot
from educounsel.jobs import JobHost
from educounsel.materi.tasks import embed_materi
from educounsel.notifications.tasks import send_delivery

it_speaks = threading.Event()
alerted = threading.Event()


@task(queue_name="answers")
def ask() -> None:
    it_speaks.wait(60)


@task(queue_name="outside")
def send() -> None:
    it_speaks.wait(60)


@task(queue_name="urgent")
def alert() -> None:
    alerted.set()


@pytest.fixture
def hosts(transactional_db: None) -> Iterator[list[JobHost]]:
    """Two workers of four threads."""
    it_speaks.clear()
    alerted.clear()
    hosts = [JobHost(threads=4), JobHost(threads=4)]
    for host in hosts:
        host.start()
    yield hosts
    it_speaks.set()
    for host in hosts:
        assert host.stop(seconds=20)


def count(name: str, status: str) -> int:
    return OxTask.objects.filter(task_path__endswith=f".{name}", status=status).count()


def wait_until(true: Callable[[], bool], seconds: float = 40) -> None:
    deadline = monotonic() + seconds
    while not true():
        assert monotonic() < deadline
        threading.Event().wait(0.05)


@pytest.mark.usefixtures("hosts")
def test_answers_that_hang_leave_threads_for_the_rest() -> None:
    for _ in range(12):
        ask.enqueue()
    wait_until(lambda: count("ask", "RUNNING") == 4)
    for _ in range(12):
        send.enqueue()
    wait_until(lambda: count("send", "RUNNING") == 2)
    alert.enqueue()
    assert alerted.wait(20)
    assert (count("ask", "RUNNING"), count("send", "RUNNING")) == (4, 2)
    it_speaks.set()
    wait_until(lambda: count("ask", "SUCCESSFUL") == count("send", "SUCCESSFUL") == 12)


@pytest.mark.django_db
def test_a_worker_of_one_thread_does_everything(transactional_db: None) -> None:
    it_speaks.set()
    host = JobHost(threads=1)
    host.start()
    for job in (ask, send, alert):
        job.enqueue()
    names = ("ask", "send", "alert")
    wait_until(lambda: all(count(name, "SUCCESSFUL") == 1 for name in names))
    assert host.stop(seconds=20)


def test_what_asks_others_servers_is_in_their_queues_and_an_alert_in_none_of_them() -> None:
    assert process_chatbot.queue_name == "answers"
    assert (embed_materi.queue_name, send_delivery.queue_name) == ("outside", "outside")
    assert (mail_case.queue_name, mail_case.priority) == ("urgent", 50)
