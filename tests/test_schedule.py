"""What the clock starts does what its line in schedule.py says."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_ox.models import OxTask

from educounsel.housekeeping import clear_sessions, prune_jobs

pytestmark = pytest.mark.django_db


def test_expired_sessions_go_and_others_stay() -> None:
    now = timezone.now()
    for key, age in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, expire_date=now + timedelta(days=age))
    clear_sessions.call()
    assert [session.session_key for session in Session.objects.all()] == ["new"]


@pytest.mark.parametrize(
    ("status", "days", "stays"),
    [
        ("SUCCESSFUL", 1, True),
        ("SUCCESSFUL", 3, False),
        ("FAILED", 3, True),
        ("FAILED", 31, False),
        ("READY", 31, True),
    ],
)
def test_jobs_go_when_nobody_needs_them_any_more(status: str, days: int, stays: bool) -> None:
    clear_sessions.enqueue()
    finished_at = None if status == "READY" else timezone.now() - timedelta(days=days)
    OxTask.objects.update(status=status, finished_at=finished_at)
    prune_jobs.call()
    assert OxTask.objects.exists() is stays
