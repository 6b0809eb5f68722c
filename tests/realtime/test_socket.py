import json
from contextlib import suppress

import pytest
from django.db import transaction
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus

from educounsel.realtime import protocol, push
from tests.cast import Cast
from tests.factories import PASSWORD
from tests.realtime.conftest import OpenSocket


def test_a_person_hears_what_is_sent_to_them_and_only_that(
    cast: Cast, connected: OpenSocket
) -> None:
    sari, dodi = connected(cast.sari), connected(cast.dodi)
    sari.subscribe_to(cast.sari)
    dodi.subscribe_to(cast.dodi)
    push.to_user(cast.dodi.pk, "notification", {"id": 1})
    push.to_user(cast.sari.pk, "notification", {"id": 2})
    assert sari.hear() == ("notification", {"id": 2})
    assert dodi.hear() == ("notification", {"id": 1})


def test_nothing_is_sent_before_commit_nor_after_a_rollback(
    cast: Cast, connected: OpenSocket
) -> None:
    sari = connected(cast.sari)
    sari.subscribe_to(cast.sari)
    with transaction.atomic():
        push.to_user(cast.sari.pk, "notification", {"id": 1})
        transaction.set_rollback(True)
    push.to_user(cast.sari.pk, "notification", {"id": 2})
    assert sari.hear() == ("notification", {"id": 2})


@pytest.mark.parametrize("who", ["dodi", "rina", "tono", "tia", "admin"])
def test_the_channel_of_another_is_refused_even_with_a_true_signature(
    cast: Cast, connected: OpenSocket, who: str
) -> None:
    intruder = connected(getattr(cast, who))
    event, data = intruder.subscribe_to(cast.sari)
    assert (event, data["status"]) == ("pusher:subscription_error", 403)


@pytest.mark.parametrize("auth", ["educounsel:00", "bukan tanda tangan", "educounsel:é"])
def test_a_false_signature_is_refused(cast: Cast, connected: OpenSocket, auth: str) -> None:
    event, _ = connected(cast.sari).subscribe_to(cast.sari, auth=auth)
    assert event == "pusher:subscription_error"


def test_a_stranger_is_told_to_sign_in_and_closed(cast: Cast, open_socket: OpenSocket) -> None:
    stranger = open_socket(None)
    assert stranger.hear()[1]["code"] == protocol.UNAUTHORISED
    assert stranger.closes_with() == protocol.UNAUTHORISED


@pytest.mark.parametrize("origin", ["https://jahat.example", "null", "http://127.0.0.1:1"])
def test_a_page_of_another_site_gets_no_socket(
    cast: Cast, open_socket: OpenSocket, origin: str
) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        open_socket(cast.sari, origin=origin)
    assert refusal.value.response.status_code == 403


def test_logout_closes_the_sockets_of_that_session_only(cast: Cast, connected: OpenSocket) -> None:
    phone, laptop = connected(cast.sari), connected(cast.sari)
    phone.client.post("/logout")
    assert phone.closes_with() == protocol.TRY_AGAIN
    laptop.send("pusher:ping")
    assert laptop.hear()[0] == "pusher:pong"


def test_a_new_password_closes_the_sockets_of_other_devices(
    cast: Cast, connected: OpenSocket
) -> None:
    thief = connected(cast.sari)
    owner = Client()
    owner.force_login(cast.sari)
    new = {
        "old_password": PASSWORD,
        "new_password1": "bukit-hijau-9",
        "new_password2": "bukit-hijau-9",
    }
    assert owner.post("/account/password", new).status_code == 302
    assert thief.closes_with() == protocol.TRY_AGAIN


def test_an_account_switched_off_loses_its_sockets(cast: Cast, connected: OpenSocket) -> None:
    sari = connected(cast.sari)
    cast.sari.is_active = False
    cast.sari.save()
    assert sari.closes_with() == protocol.TRY_AGAIN


@pytest.mark.parametrize(
    "frame", ["bukan json", "[]", '{"event": 1}', '{"data": {}}', b"\x00", "[" * 9999]
)
def test_garbage_closes_that_socket_and_nobody_else_notices(
    cast: Cast, connected: OpenSocket, frame: str | bytes
) -> None:
    bad, good = connected(cast.dodi), connected(cast.sari)
    bad.wire.send(frame)
    assert bad.closes_with() == 4302
    good.send("pusher:ping")
    assert good.hear()[0] == "pusher:pong"


def test_a_frame_over_16_kb_closes_the_socket(cast: Cast, connected: OpenSocket) -> None:
    sari = connected(cast.sari)
    sari.send("pusher:ping", padding="x" * 17_000)
    assert sari.closes_with() == 1009


def test_a_flood_closes_the_socket(cast: Cast, connected: OpenSocket) -> None:
    sari = connected(cast.sari)
    with suppress(ConnectionClosed):  # before the last is sent
        for _ in range(60):
            sari.send("pusher:ping")
    assert sari.closes_with() == 4301


def test_a_person_has_at_most_five_sockets(
    cast: Cast, connected: OpenSocket, open_socket: OpenSocket
) -> None:
    for _ in range(5):
        connected(cast.sari)
    sixth = open_socket(cast.sari)
    assert sixth.closes_with() == protocol.TOO_MANY_SOCKETS
    connected(cast.dodi)


def test_what_was_unsubscribed_is_no_longer_heard(cast: Cast, connected: OpenSocket) -> None:
    sari = connected(cast.sari)
    sari.subscribe_to(cast.sari)
    sari.send("pusher:unsubscribe", channel=protocol.channel_of(cast.sari.pk))
    sari.send("pusher:ping")
    assert sari.hear()[0] == "pusher:pong"
    push.to_user(cast.sari.pk, "notification", {"id": 1})
    sari.send("pusher:ping")
    assert sari.hear()[0] == "pusher:pong"


def test_a_signature_is_given_for_the_own_channel_only(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.sari)

    def ask(channel: str, socket_id: str = "12.34") -> tuple[int, str]:
        response = client.post("/realtime/auth", {"socket_id": socket_id, "channel_name": channel})
        return response.status_code, response.text

    own = protocol.channel_of(cast.sari.pk)
    assert ask(own) == (200, json.dumps({"auth": protocol.sign("12.34", own)}))
    assert ask(protocol.channel_of(cast.dodi.pk))[0] == 403
    assert ask("private-user-")[0] == 403
    assert ask("presence-user-1")[0] == 403
    assert ask(own, socket_id="12.34:extra")[0] == 403
