from typing import ClassVar

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from educounsel.accounts.models import Role
from educounsel.notifications.models import Notification
from educounsel.notifications.notify import Notice, notify
from educounsel.realtime.relay import Parcel, relay
from tests.cast import Cast


class Example(Notice):
    kind: ClassVar[str] = "contoh"
    label: ClassVar[str] = "Contoh"
    icon: ClassVar[str] = "book"
    on_locked_screen: ClassVar[str] = "Ada kabar"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.STUDENT})


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
    assert [hint["channel"] for hint in hints] == [
        f"private-user-{cast.sari.pk}",
        f"private-user-{cast.dodi.pk}",
    ]


def test_the_hint_carries_an_id_and_no_words(
    cast: Cast,
    hints: list[Parcel],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        notify([cast.sari.pk], NOTICE)
        assert hints == []  # not before commit
    assert len(hints) == 1
    assert str(Notification.objects.get().pk) in hints[0]["text"]
    assert "Ada kabar" not in hints[0]["text"]


def test_a_long_title_is_cut_and_told(cast: Cast) -> None:
    long = Example(subject="contoh:2", title="x" * 500, text="y" * 500, url="/")
    assert notify([cast.sari.pk], long) == 1
    row = Notification.objects.get()
    assert (len(row.title), len(row.text)) == (120, 300)
