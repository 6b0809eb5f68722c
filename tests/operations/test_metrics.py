"""Figures for whoever knows the token, and for nobody else."""

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from educounsel.operations import metrics
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.operations.test_health import ask
from tests.test_jobs import note

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "t" * 40


@pytest.fixture(autouse=True)
def _token(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN


def read() -> str:
    """The page, as Prometheus asks for it."""
    answer = ask("/metrics", "GET", (b"authorization", f"Bearer {TOKEN}".encode()))
    assert answer.status == 200
    return answer.body.decode()


@pytest.mark.parametrize("given", [b"", b"Bearer ", b"Bearer x", TOKEN.encode()])
def test_without_the_token_there_is_no_such_page(given: bytes) -> None:
    assert ask("/metrics", "GET", (b"authorization", given)).status == 404


@pytest.mark.parametrize("given", [b"Bearer ", b"Bearer", b""])
def test_where_no_token_is_set_nobody_is_told(settings: Settings, given: bytes) -> None:
    settings.METRICS_TOKEN = ""
    assert ask("/metrics", "GET", (b"authorization", given)).status == 404


def test_requests_are_counted_by_view_and_never_by_address(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.sari).get("/student/materi?q=aku+sedih")
    Client().get("/rahasia-sari")
    told = read()
    assert 'view="materi:list"' in told
    assert 'status="404",view="none"' in told
    assert "sedih" not in told
    assert "rahasia-sari" not in told


def test_the_queue_is_counted_and_its_silence_hides_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    note.enqueue(1)
    assert 'django_ox_ready_tasks{queue="default"} 1.0' in read()
    monkeypatch.setattr(metrics, "collector", Broken)
    assert "educounsel_request_seconds" in read()


class Broken:
    def collect(self) -> None:
        raise OperationalError
