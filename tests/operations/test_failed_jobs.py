"""A poison job is tried, lies aside, is seen and tried again; the others run meanwhile."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.tasks import task
from django.urls import reverse
from django_ox.models import OxTask
from pytest_django import Settings

from educounsel.jobs import JobHost
from educounsel.operations.examination import _failed_jobs
from educounsel.operations.models import FailedJob
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.operations.test_metrics import TOKEN, read
from tests.test_jobs import note, ran

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "aku ga kuat lagi"
SECONDS = 20
is_cured = threading.Event()


@task
def poison(number: int) -> None:
    if not is_cured.is_set():
        try:
            raise KeyError(WORDS)
        except KeyError as error:
            raise ValueError(WORDS) from error


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[JobHost]:
    tasks: Any = project.TASKS
    monkeypatch.setitem(tasks["default"]["OPTIONS"], "BACKOFF_INITIAL", 0.01)
    ran.clear()
    is_cured.clear()
    host = JobHost(threads=2)
    host.start()
    yield host
    assert host.stop(seconds=10)


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < deadline
        threading.Event().wait(0.05)


@pytest.fixture
def failed(host: JobHost) -> FailedJob:
    result = poison.enqueue(4711)
    note.enqueue(1)
    wait_for(FailedJob.objects.exists)
    assert ran == [1]
    return FailedJob.objects.get(pk=result.id)


@pytest.fixture
def address() -> str:
    return reverse("admin:operations_failedjob_changelist")


def test_it_is_tried_three_times_and_keeps_no_words_of_its_errors(failed: FailedJob) -> None:
    assert failed.attempts == 3
    assert [error["exception_class_path"] for error in failed.errors] == ["builtins.ValueError"] * 3
    assert "test_failed_jobs.py" in failed.errors[0]["traceback"]
    assert WORDS not in str(failed.errors)


def test_who_keeps_the_server_sees_it_and_has_it_run_again(
    failed: FailedJob, cast: Cast, client_of: ClientOf, address: str
) -> None:
    call_command("keeper", "Admin@cendekia.example")
    keeper = client_of(cast.admin)
    page = keeper.get(address).text
    assert "test_failed_jobs.poison" in page
    assert "builtins.ValueError" in page
    assert "4711" not in page
    assert _failed_jobs().startswith("1: ")
    is_cured.set()
    again = {"action": "run_again", "_selected_action": [failed.pk]}
    assert "1 pekerjaan dijalankan lagi." in keeper.post(address, again, follow=True).text
    wait_for(OxTask.objects.filter(pk=failed.pk, status="SUCCESSFUL").exists)
    assert _failed_jobs() == "none"


def test_one_that_nobody_can_repair_is_laid_down(
    failed: FailedJob, cast: Cast, client_of: ClientOf, address: str
) -> None:
    call_command("keeper", "admin@cendekia.example")
    down = {"action": "lay_down", "_selected_action": [failed.pk]}
    keeper = client_of(cast.admin)
    assert "1 pekerjaan ditutup." in keeper.post(address, down, follow=True).text
    assert "test_failed_jobs.poison" not in keeper.get(address).text
    assert _failed_jobs() == "none"


def test_what_a_job_was_given_has_no_page(
    failed: FailedJob, cast: Cast, client_of: ClientOf
) -> None:
    call_command("keeper", "admin@cendekia.example")
    one = reverse("admin:operations_failedjob_change", args=[failed.pk])
    assert client_of(cast.admin).get(one).status_code == 403
    theirs = reverse("admin:django_ox_oxtask_change", args=[failed.pk])
    assert client_of(cast.admin).get(theirs).status_code == 403


def test_for_nobody_else_there_is_such_a_page(
    cast: Cast, client_of: ClientOf, address: str
) -> None:
    call_command("keeper", "admin@cendekia.example")
    assert client_of(cast.other_admin).get(address).status_code == 403
    assert "gagal" not in client_of(cast.other_admin).get(reverse("admin:index")).text
    assert client_of(cast.rina).get(address, follow=True).status_code == 404
    call_command("keeper", "admin@cendekia.example", "--no-more")
    assert client_of(cast.admin).get(address).status_code == 403


@pytest.mark.parametrize("email", ["rina@cendekia.example", "nobody@cendekia.example"])
def test_only_an_admin_can_keep_the_server(cast: Cast, email: str) -> None:
    with pytest.raises(CommandError, match=f"There is no admin {email}"):
        call_command("keeper", email)


def test_prometheus_counts_them(failed: FailedJob, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert 'django_ox_tasks{queue="default",status="failed"} 1.0' in read()


def test_the_list_takes_as_many_queries_however_long(
    cast: Cast, client_of: ClientOf, address: str, count_queries: Callable[..., int]
) -> None:
    call_command("keeper", "admin@cendekia.example")
    client = client_of(cast.admin)
    client.get(address)
    fail(1)
    few = count_queries(client, address)
    fail(10)
    assert count_queries(client, address) == few


def fail(count: int) -> None:
    for number in range(count):
        OxTask.objects.filter(pk=poison.enqueue(number).id).update(status="FAILED")
