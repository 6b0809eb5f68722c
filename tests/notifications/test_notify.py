from datetime import timedelta
from itertools import count
from typing import Any, ClassVar
from unittest.mock import patch

import pytest
from django.forms import model_to_dict
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from educounsel.accounts.models import Role, User, UserQuerySet
from educounsel.notifications.models import Notification
from educounsel.notifications.notify import Notice, notify, notify_school
from educounsel.notifications.rows import write_for
from educounsel.realtime.relay import Parcel, relay
from tests.cast import Cast
from tests.factories import make_student


class Example(Notice):
    kind: ClassVar[str] = "contoh"
    label: ClassVar[str] = "Contoh"
    icon: ClassVar[str] = "book"
    on_locked_screen: ClassVar[str] = "Ada kabar"
    roles: ClassVar[frozenset[Role]] = frozenset()  # on no page of preferences


NOTICE = Example(subject="contoh:1", title="Ada kabar", url="/student/dashboard")


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[Parcel]:
    """What would go to the sockets; whether it arrives there is told in tests/realtime."""
    sent: list[Parcel] = []
    monkeypatch.setattr(relay, "publish", sent.append)
    return sent


def test_everybody_named_is_told_once(cast: Cast) -> None:
    assert notify([cast.sari.pk, cast.dodi.pk], NOTICE) == 2
    rows = Notification.objects.order_by("pk").values_list("recipient", "kind", "title", "url")
    assert list(rows) == [
        (cast.sari.pk, "contoh", "Ada kabar", "/student/dashboard"),
        (cast.dodi.pk, "contoh", "Ada kabar", "/student/dashboard"),
    ]


def test_a_job_that_runs_again_tells_only_those_it_had_not_reached(
    cast: Cast,
    hints: list[Parcel],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        notify([cast.sari.pk], NOTICE)
        assert notify([cast.sari.pk, cast.dodi.pk], NOTICE) == 1
    assert Notification.objects.count() == 2
    assert [hint["channels"] for hint in hints] == [
        [f"private-user-{cast.sari.pk}"],
        [f"private-user-{cast.dodi.pk}"],
    ]


def test_the_hint_comes_after_commit_and_carries_no_words(
    cast: Cast,
    hints: list[Parcel],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        notify([cast.sari.pk, cast.dodi.pk], NOTICE)
        assert hints == []  # not before commit
    assert hints == [
        {
            "channels": [f"private-user-{cast.sari.pk}", f"private-user-{cast.dodi.pk}"],
            "event": "notification",
            "data": {"within": 10},
        }
    ]


def test_a_whole_school_hears_one_hint(
    cast: Cast,
    hints: list[Parcel],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert notify_school(cast.school.pk, Role.STUDENT, NOTICE) == 2
    told = Notification.objects.order_by("recipient").values_list("recipient", flat=True)
    assert list(told) == sorted([cast.sari.pk, cast.dodi.pk])
    assert [hint["channels"] for hint in hints] == [[f"private-school-{cast.school.pk}-student"]]


def test_a_job_that_is_killed_in_the_middle_goes_on_without_gap_or_double(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third batch dies after its rows were written, before they were committed."""
    class_of_ten = [make_student(cast.sari_class).pk for _ in range(10)]
    monkeypatch.setattr("educounsel.notifications.notify.BATCH", 2)
    batches = count(1)

    def write_and_die(people: UserQuerySet, row: Notification) -> dict[int, int]:
        written = write_for(people, row)
        if next(batches) == 3:
            raise KeyboardInterrupt
        return written

    with (
        patch("educounsel.notifications.notify.write_for", write_and_die),
        pytest.raises(KeyboardInterrupt),
    ):
        notify_school(cast.school.pk, Role.STUDENT, NOTICE)
    assert Notification.objects.count() == 4
    assert notify_school(cast.school.pk, Role.STUDENT, NOTICE) == 8
    told = Notification.objects.order_by("recipient").values_list("recipient", flat=True)
    assert list(told) == sorted([cast.sari.pk, cast.dodi.pk, *class_of_ten])


def test_a_job_that_is_killed_just_before_its_hint_hints_when_it_runs_again(
    cast: Cast,
    hints: list[Parcel],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    notify_school(cast.school.pk, Role.STUDENT, NOTICE)
    with django_capture_on_commit_callbacks(execute=True):
        assert notify_school(cast.school.pk, Role.STUDENT, NOTICE) == 0
    assert [hint["channels"] for hint in hints] == [[f"private-school-{cast.school.pk}-student"]]


def test_who_left_or_is_of_another_school_is_not_told(cast: Cast) -> None:
    User.objects.filter(pk=cast.dodi.pk).update(is_active=False)
    assert notify_school(cast.school.pk, Role.STUDENT, NOTICE) == 1
    assert Notification.objects.get().recipient_id == cast.sari.pk


def test_a_long_title_is_cut_and_told(cast: Cast) -> None:
    long = Example(subject="contoh:2", title="x" * 500, text="y" * 500, url="/")
    assert notify([cast.sari.pk], long) == 1
    row = Notification.objects.get()
    assert (len(row.title), len(row.text)) == (120, 300)


def test_a_batch_is_one_statement_beside_its_lock_and_its_job(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    """However many it tells, and also where nobody is new."""
    people = [make_student(cast.sari_class).pk for _ in range(10)]
    lock, insert, savepoints, job = 1, 1, 4, 1
    with django_assert_num_queries(lock + insert + savepoints + job):
        notify(people, NOTICE)
    with django_assert_num_queries(lock + insert + savepoints):
        assert notify(people, NOTICE) == 0


def test_every_field_of_the_row_is_written(cast: Cast) -> None:
    notify([cast.sari.pk], NOTICE)
    row = Notification.objects.get()
    row.pk = row.recipient_id = None  # type: ignore[assignment]
    expected = NOTICE.row
    expected.created_at = row.created_at
    assert model_to_dict(row) == model_to_dict(expected)
    assert timezone.now() - row.created_at < timedelta(minutes=1)
