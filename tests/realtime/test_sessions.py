"""A session that ends or changes without a word."""

import pytest
from django.contrib.sessions.models import Session

from educounsel.accounts.models import Role, User
from educounsel.realtime import protocol, sessions
from tests.cast import Cast
from tests.realtime.conftest import OpenSocket


@pytest.fixture
def quick_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "ROUND_SECONDS", 1)


@pytest.mark.usefixtures("quick_rounds")
def test_a_session_that_vanished_from_the_store_loses_its_sockets(
    cast: Cast, connected: OpenSocket
) -> None:
    sari, dodi = connected(cast.sari), connected(cast.dodi)
    Session.objects.filter(pk=sari.client.session.session_key)._raw_delete("default")
    assert sari.closes_with() == protocol.TRY_AGAIN
    dodi.send("pusher:ping")
    assert dodi.hear()[0] == "pusher:pong"


@pytest.mark.usefixtures("quick_rounds")
def test_an_account_that_was_switched_off_in_bulk_loses_its_sockets(
    cast: Cast, connected: OpenSocket
) -> None:
    sari = connected(cast.sari)
    User.objects.filter(pk=cast.sari.pk).update(is_active=False)
    assert sari.closes_with() == protocol.TRY_AGAIN


def test_another_role_closes_the_sockets_of_the_old_one(cast: Cast, connected: OpenSocket) -> None:
    rina = connected(cast.rina)
    cast.rina.role = Role.HEAD
    cast.rina.save()
    assert rina.closes_with() == protocol.TRY_AGAIN


def test_the_session_is_asked_again_before_a_late_subscription(
    cast: Cast, connected: OpenSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "FRESH_SECONDS", 0)
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
    asked: list[str] = []

    def away(session_key: str) -> User:
        asked.append(session_key)
        raise ConnectionError

    monkeypatch.setattr(sessions, "person_of", away)
    while len(asked) < 2:
        pass
    sari.send("pusher:ping")
    assert sari.hear()[0] == "pusher:pong"
