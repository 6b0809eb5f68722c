"""What a person chose is kept, and the quiet hours are those of the school's clock."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine

from educounsel.accounts.models import Role, User
from educounsel.notifications.models import Channel, ChannelChoice, Notification, Preference
from educounsel.notifications.notice import kind_named, kinds_for
from educounsel.notifications.preferences import Wishes, usually_on, wishes_of
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries
from tests.notifications.conftest import Tell

PAGE = "/notifications/preferences"
ALL_ON = [
    f"{notice.kind}:{channel}"
    for notice in kinds_for(Role.STUDENT)
    for channel in ("sound", "push")
    if usually_on(notice, channel)
]
USUAL = {"has_quiet_hours": "on", "quiet_from": "21:00", "quiet_until": "05:00", "on": ALL_ON}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "ends"),
    [
        ("Asia/Jakarta", "2026-11-24 13:59", None),
        ("Asia/Jakarta", "2026-11-24 14:00", "2026-11-24 22:00"),
        ("Asia/Jakarta", "2026-11-24 16:59", "2026-11-24 22:00"),
        ("Asia/Jakarta", "2026-11-24 17:00", "2026-11-24 22:00"),  # midnight there
        ("Asia/Jakarta", "2026-11-24 21:59", "2026-11-24 22:00"),
        ("Asia/Jakarta", "2026-11-24 22:00", None),
        ("Asia/Makassar", "2026-11-24 12:59", None),
        ("Asia/Makassar", "2026-11-24 13:00", "2026-11-24 21:00"),
        ("Asia/Makassar", "2026-11-24 21:00", None),
        ("Asia/Jayapura", "2026-11-24 12:00", "2026-11-24 20:00"),
        ("Asia/Jayapura", "2026-11-24 20:00", None),
    ],
)
def test_nights_are_quiet_by_the_clock_of_the_school(zone: str, now: str, ends: str | None) -> None:
    wishes = Wishes(Preference(), ZoneInfo(zone))
    assert wishes.quiet_until(utc(now)) == (utc(ends) if ends else None)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-11-24 05:59", None),
        ("2026-11-24 06:00", "2026-11-24 08:00"),
        ("2026-11-24 08:00", None),
    ],
)
def test_quiet_hours_may_lie_in_the_day(now: str, ends: str | None) -> None:
    wish = Preference(quiet_from=time(13), quiet_until=time(15))
    wishes = Wishes(wish, ZoneInfo("Asia/Jakarta"))
    assert wishes.quiet_until(utc(now)) == (utc(ends) if ends else None)


def test_who_wants_no_quiet_hours_has_none() -> None:
    wishes = Wishes(Preference(has_quiet_hours=False), ZoneInfo("Asia/Jakarta"))
    assert wishes.quiet_until(utc("2026-11-24 18:00")) is None


def wants(person: User, kind: str, channel: Channel) -> bool:
    return wishes_of([person])[person.pk].wants(kind_named(kind), channel)


def test_without_a_row_the_usual_holds(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.sari).get(PAGE).status_code == 200
    assert not Preference.objects.exists()
    assert wants(cast.sari, "materi", Channel.SOUND)
    assert not wants(cast.sari, "materi", Channel.EMAIL)
    assert wants(cast.rina, "appointment", Channel.EMAIL)


def test_the_page_names_each_kind_and_what_always_sounds(cast: Cast, client_of: ClientOf) -> None:
    form = client_of(cast.rina).get(PAGE).context["form"]
    rows = {row.label: row for row in form.table()}
    assert {"Janji temu", "Kasus darurat"} <= set(rows)
    assert "Materi baru" not in rows
    assert [label for label, row in rows.items() if row.is_fixed] == ["Kasus darurat"]
    page = client_of(cast.rina).get(PAGE).text
    assert page.count("selalu menyala") == 1
    assert all(label in page for label in rows)


def test_a_choice_is_kept_as_an_exception_and_taken_back(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.sari)
    quieter = [each for each in ALL_ON if each != "materi:push"]
    assert client.post(PAGE, USUAL | {"on": quieter, "quiet_from": "20:30"}).status_code == 302
    choices = ChannelChoice.objects.values_list("person", "kind", "channel", "is_on")
    assert list(choices) == [(cast.sari.pk, "materi", "push", False)]
    assert Preference.objects.get().quiet_from == time(20, 30)
    assert not wants(cast.sari, "materi", Channel.PUSH)
    assert wants(cast.dodi, "materi", Channel.PUSH)
    client.post(PAGE, USUAL)
    assert not ChannelChoice.objects.exists()
    assert Preference.objects.count() == 1


def test_muted_is_everything_but_what_calls_to_a_child_in_danger(
    cast: Cast, client_of: ClientOf
) -> None:
    client_of(cast.rina).post(PAGE, USUAL | {"on": [], "is_muted": "on"})
    assert not wants(cast.rina, "appointment", Channel.SOUND)
    assert wants(cast.rina, "case", Channel.SOUND)
    assert wants(cast.rina, "case", Channel.PUSH)


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"quiet_until": "21:00"}, "Jam selesai harus berbeda"),
        ({"quiet_from": "25:00"}, "Tulis jamnya seperti 21:00."),
        ({"quiet_from": ""}, "Isi jamnya."),
    ],
)
def test_hours_that_cannot_be_are_refused_and_the_rest_stays(
    cast: Cast, client_of: ClientOf, bad: dict[str, str], sentence: str
) -> None:
    page = client_of(cast.sari).post(PAGE, USUAL | bad | {"on": ["materi:push"]})
    assert page.status_code == 422
    assert sentence in page.text
    assert page.text.count('name="on"') - page.text.count("checked") >= 3
    assert not Preference.objects.exists()


@pytest.mark.parametrize("box", ["case:sound", "materi:fax", "x", "materi:push:"])
def test_a_box_that_is_not_on_the_page_cannot_be_ticked(
    cast: Cast, client_of: ClientOf, box: str
) -> None:
    assert client_of(cast.sari).post(PAGE, USUAL | {"on": [box]}).status_code == 422
    assert not ChannelChoice.objects.exists()


def test_the_feed_says_what_may_sound_now(cast: Cast, client_of: ClientOf, tell: Tell) -> None:
    tell(cast.sari)

    def sounds(at: str) -> bool:
        with time_machine.travel(at, tick=False):
            news = client_of(cast.sari).get("/notifications/feed", {"after": 0}).json()
        assert [each["sounds"] for each in news["notifications"]] == [news["may_sound"]]
        return bool(news["may_sound"])

    assert sounds("2026-11-24T13:59:00Z")
    assert not sounds("2026-11-24T14:00:00Z")
    assert not sounds("2026-11-24T21:59:00Z")
    Preference.objects.create(person=cast.sari, has_quiet_hours=False)
    assert sounds("2026-11-24T21:59:00Z")
    ChannelChoice.objects.create(person=cast.sari, kind="materi", channel="sound", is_on=False)
    assert not sounds("2026-11-24T21:59:00Z")


def test_an_alert_sounds_at_night(cast: Cast, client_of: ClientOf, tell: Tell) -> None:
    tell(cast.rina, "case", is_urgent=True)
    Preference.objects.create(person=cast.rina, is_muted=True)
    with time_machine.travel("2026-11-24T18:00:00Z", tick=False):
        news = client_of(cast.rina).get("/notifications/feed", {"after": 0}).json()
    assert news["may_sound"]


def test_the_page_asks_as_much_for_one_choice_as_for_many(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    client = client_of(cast.sari)
    Preference.objects.create(person=cast.sari)
    few = count_queries(client, PAGE)
    for kind in ("materi", "appointment", "opened"):
        for channel in ("sound", "push"):
            ChannelChoice.objects.create(person=cast.sari, kind=kind, channel=channel, is_on=False)
    assert count_queries(client, PAGE) == few
    assert Notification.objects.count() == 0
