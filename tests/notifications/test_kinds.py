"""Every kind that anybody sends says what each channel needs to know of it."""

from dataclasses import fields

from educounsel.accounts.models import Role
from educounsel.notifications.models import Notification, Preference
from educounsel.notifications.notice import _KINDS, Notice, kind_named
from educounsel.notifications.preferences import sounding
from tests.cast import Cast

OURS = {
    kind: notice for kind, notice in _KINDS.items() if notice.__module__.startswith("educounsel.")
}


def test_every_process_knows_every_kind() -> None:
    assert {"appointment", "materi", "case", "opened"} <= set(OURS)
    assert all(notice.__module__.endswith(".notices") for notice in OURS.values())


def test_each_says_its_label_its_roles_and_what_stands_on_a_locked_screen() -> None:
    for notice in OURS.values():
        assert notice.label != Notice.label
        assert notice.roles
        assert "on_locked_screen" in vars(notice)
        assert len(notice.on_locked_screen) <= 60


def test_nothing_that_differs_from_child_to_child_stands_on_a_locked_screen() -> None:
    words = [notice.on_locked_screen for notice in OURS.values()]
    assert not any("{" in word for word in words)
    assert "on_locked_screen" not in {field.name for field in fields(Notice)}


def test_only_what_calls_staff_to_a_child_in_danger_cannot_be_silenced() -> None:
    loud = [notice for notice in OURS.values() if not notice.can_be_silenced]
    assert all(Role.STUDENT not in notice.roles for notice in loud)
    assert {notice.kind for notice in loud} == {"case"}


def test_news_of_a_kind_that_is_no_more_is_any_other_news(cast: Cast) -> None:
    row = Notification(recipient=cast.sari, kind="dulu", pk=1)
    Preference.objects.create(person=cast.sari, has_quiet_hours=False)
    assert sounding(cast.sari, [row]) == {1}
    assert kind_named("dulu").on_locked_screen == "Ada kabar baru"
