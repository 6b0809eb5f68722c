"""A session that ends or changes without a word."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from educounsel.accounts.models import Role, User
from educounsel.realtime import protocol, sessions
from educounsel.realtime.hub import hub
from tests.cast import Cast
from tests.realtime.conftest import OpenSocket, Socket


@pytest.fixture
def quick_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "ROUND_SECONDS", 0.1)


def session_of(person: Socket) -> str:
    key = person.client.session.session_key
    assert key
    return key


def is_served(person: Socket) -> bool:
    person.send("pusher:ping")
    return person.hear()[0] == "pusher:pong"


@pytest.mark.usefixtures("quick_rounds")
def test_a_session_that_vanished_from_the_store_loses_its_sockets(
    cast: Cast, connected: OpenSocket
) -> None:
    sari, dodi = connected(cast.sari), connected(cast.dodi)
    Session.objects.filter(pk=session_of(sari))._raw_delete("default")
    assert sari.closes_with() == protocol.TRY_AGAIN
    assert is_served(dodi)


@pytest.mark.usefixtures("quick_rounds")
def test_a_session_that_expired_loses_its_sockets(cast: Cast, connected: OpenSocket) -> None:
    sari = connected(cast.sari)
    past = timezone.now() - timedelta(seconds=1)
    Session.objects.filter(pk=session_of(sari)).update(expire_date=past)
    assert sari.closes_with() == protocol.TRY_AGAIN


@pytest.mark.usefixtures("quick_rounds")
@pytest.mark.parametrize(
    "change",
    [
        lambda people: people.update(is_active=False),
        lambda people: people.update(role=Role.HEAD),
        lambda people: people.update(password="!"),
        lambda people: people.delete(),
    ],
    ids=["switched off", "another role", "another password", "deleted"],
)
def test_an_account_that_was_changed_in_bulk_loses_its_sockets(
    cast: Cast, connected: OpenSocket, change: Callable[..., object]
) -> None:
    tia, dodi = connected(cast.tia), connected(cast.dodi)
    change(User.objects.filter(pk=cast.tia.pk))
    assert tia.closes_with() == protocol.TRY_AGAIN
    assert is_served(dodi)


def test_all_sockets_are_asked_for_with_two_questions(cast: Cast, connected: OpenSocket) -> None:
    for person in (cast.sari, cast.sari, cast.dodi, cast.rina):
        connected(person)
    with CaptureQueriesContext(connection) as queries:
        assert sessions._holding(hub.everybody()) == set(hub.everybody())
    assert len(queries) == 2


def test_another_role_closes_the_sockets_of_the_old_one(cast: Cast, connected: OpenSocket) -> None:
    rina = connected(cast.rina)
    cast.rina.role = Role.HEAD
    cast.rina.save()
    assert rina.closes_with() == protocol.TRY_AGAIN


def test_what_a_session_does_not_depend_on_closes_nothing(
    cast: Cast, connected: OpenSocket
) -> None:
    rina = connected(cast.rina)
    cast.rina.name = "Bu Rina"
    cast.rina.save()
    assert is_served(rina)


def test_the_session_is_asked_again_before_a_late_subscription(
    cast: Cast, connected: OpenSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "FRESH_SECONDS", 0)
    monkeypatch.setattr(sessions, "ROUND_SECONDS", 100)
    sari = connected(cast.sari)
    User.objects.filter(pk=cast.sari.pk).update(is_active=False)
    channel = protocol.channel_of(cast.sari.pk)
    sari.send("pusher:subscribe", channel=channel, auth=protocol.sign(sari.socket_id, channel))
    assert sari.closes_with() == protocol.TRY_AGAIN


@pytest.mark.usefixtures("quick_rounds")
def test_a_store_that_cannot_be_asked_signs_nobody_out(
    cast: Cast, connected: OpenSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    sari = connected(cast.sari)
    asked: list[object] = []

    def away(keys: object) -> set[str]:
        asked.append(keys)
        raise ConnectionError

    monkeypatch.setattr(sessions, "standing_among", away)
    while len(asked) < 2:
        pass
    assert is_served(sari)
