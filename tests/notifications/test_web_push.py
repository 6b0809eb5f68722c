"""Web Push against a push service of our own: what is sent, and who may read it."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid
from pytest_django import Settings

from educounsel.accounts.models import Role, User
from educounsel.notifications.channels import web_push
from educounsel.notifications.channels.words import TryLater, Unreachable, Words
from educounsel.notifications.models import PushSubscription
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.notifications.elsewhere_server import Elsewhere, elsewhere

WORDS = Words("Ada pembaruan jadwal", "/student/appointments/7", "kabar-7", 3)
URGENT = Words("Ada yang perlu Anda lihat sekarang", "/guru/cases/1", "kabar-8", 1, is_urgent=True)


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.fixture
def service(settings: Settings) -> Iterator[Elsewhere]:
    with elsewhere() as there:
        settings.WEB_PUSH_SERVICES = [there.url]
        yield there


@dataclass
class Browser:
    """What a browser keeps to itself, and what it tells."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey
    auth: bytes

    @property
    def told(self) -> dict[str, str]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": b64(point), "auth": b64(self.auth)}

    def opened(self, body: bytes) -> dict[str, object]:
        plain = http_ece.decrypt(
            body, private_key=self.key, auth_secret=self.auth, version="aes128gcm"
        )
        found: dict[str, object] = json.loads(plain)
        return found


def browser(service: Elsewhere, name: str = "a") -> Browser:
    return Browser(f"{service.url}/{name}", ec.generate_private_key(ec.SECP256R1()), os.urandom(16))


def subscribed(service: Elsewhere, person: User, name: str = "a") -> tuple[Browser, int]:
    its = browser(service, name)
    web_push.subscribe(person, "session", **its.told)
    return its, PushSubscription.objects.get(endpoint=its.endpoint).pk


def test_only_the_browser_can_read_what_is_sent(cast: Cast, service: Elsewhere) -> None:
    its, address = subscribed(service, cast.sari)
    web_push.send(WORDS, address)
    (sent,) = service.heard
    assert b"jadwal" not in sent.body
    assert its.opened(sent.body) == {
        "title": "Ada pembaruan jadwal",
        "url": "/student/appointments/7",
        "tag": "kabar-7",
        "unread": 3,
    }
    other = browser(service)
    with pytest.raises(http_ece.ECEException):
        other.opened(sent.body)


def test_the_service_learns_who_sends_how_long_and_how_urgent(
    cast: Cast, service: Elsewhere, settings: Settings
) -> None:
    _, address = subscribed(service, cast.sari)
    web_push.send(WORDS, address)
    web_push.send(URGENT, address)
    calm, urgent = (sent.headers for sent in service.heard)
    assert (calm["content-encoding"], calm["ttl"]) == ("aes128gcm", "86400")
    assert (calm["urgency"], urgent["urgency"]) == ("normal", "high")
    assert len(calm["topic"]) == 32
    assert calm["topic"] != urgent["topic"]
    assert Vapid.verify(calm["authorization"])
    scheme, _, rest = calm["authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    claims = json.loads(urlsafe_b64decode(parts["t"].split(".")[1] + "=="))
    assert (scheme, claims["aud"]) == ("vapid", service.url)
    assert claims["sub"] == settings.WEB_PUSH_CONTACT
    assert parts["k"] == web_push.public_key(settings.WEB_PUSH_PRIVATE_KEY)


@pytest.mark.parametrize(
    ("status", "stays"), [(404, False), (410, False), (400, True), (413, True)]
)
def test_a_dead_subscription_is_dropped(
    cast: Cast, service: Elsewhere, status: int, stays: bool
) -> None:
    _, address = subscribed(service, cast.sari)
    service.status = status
    with pytest.raises(Unreachable):
        web_push.send(WORDS, address)
    assert PushSubscription.objects.exists() is stays


@pytest.mark.parametrize(("status", "wait"), [(429, "77"), (500, ""), (503, "Wed, 01 Jan 2031")])
def test_a_busy_service_is_asked_later(
    cast: Cast, service: Elsewhere, status: int, wait: str
) -> None:
    _, address = subscribed(service, cast.sari)
    service.status, service.headers = status, {"Retry-After": wait} if wait else {}
    with pytest.raises(TryLater) as error:
        web_push.send(WORDS, address)
    assert error.value.seconds == (77 if wait == "77" else 0)
    assert PushSubscription.objects.exists()


def test_a_service_that_does_not_answer_is_asked_later(cast: Cast, settings: Settings) -> None:
    with elsewhere() as gone:
        settings.WEB_PUSH_SERVICES = [gone.url]
        _, address = subscribed(gone, cast.sari)
    with pytest.raises(TryLater):
        web_push.send(WORDS, address)


def test_nobody_is_led_elsewhere(cast: Cast, service: Elsewhere) -> None:
    _, address = subscribed(service, cast.sari)
    with elsewhere() as inside:
        service.status, service.headers = 307, {"Location": f"{inside.url}/metadata"}
        with pytest.raises(TryLater):
            web_push.send(WORDS, address)
        assert inside.heard == []


@pytest.mark.parametrize(
    ("endpoint", "known"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://web.push.apple.com/Qx", True),
        ("https://db5p.notify.windows.com/w/?token=x", True),
        ("http://fcm.googleapis.com/fcm/send/abc", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://fcm.googleapis.com.evil.example/x", False),
        ("https://evil.example/#.notify.windows.com", False),
        ("https://evil.example\\.notify.windows.com/", False),
        ("https://x@fcm.googleapis.com/", False),
        ("https://fcm.googleapis.com@10.0.0.1/", False),
        ("https://127.0.0.1/", False),
        ("https://[::1]/", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("file:///etc/passwd", False),
        ("https://fcm.googleapis.com:99999/", False),
        ("", False),
    ],
)
def test_only_the_servers_of_push_services_are_asked(endpoint: str, known: bool) -> None:
    assert web_push.is_known_service(endpoint) is known


def test_a_browser_is_registered_once_and_belongs_to_who_asked_last(
    cast: Cast, client_of: ClientOf, service: Elsewhere
) -> None:
    told = browser(service).told
    sari = client_of(cast.sari)
    assert sari.post("/notifications/push", told).status_code == 204
    assert sari.post("/notifications/push", told).status_code == 204
    assert PushSubscription.objects.get().person == cast.sari
    assert client_of(cast.dodi).post("/notifications/push", told).status_code == 204
    assert PushSubscription.objects.get().person == cast.dodi
    sari.post("/notifications/push/off", told)
    assert PushSubscription.objects.exists()  # it is Dodi's now
    client_of(cast.dodi).post("/notifications/push/off", told)
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"endpoint": "https://10.0.0.1/x"},
        {"endpoint": ""},
        {"p256dh": "AAAA"},
        {"p256dh": "é"},
        {"p256dh": b64(b"\x04" + bytes(64))},
        {"auth": b64(bytes(15))},
        {"auth": "%%%"},
    ],
)
def test_nonsense_is_refused(
    cast: Cast, client_of: ClientOf, service: Elsewhere, bad: dict[str, str]
) -> None:
    told = browser(service).told | bad
    assert client_of(cast.sari).post("/notifications/push", told).status_code == 422
    assert not PushSubscription.objects.exists()


def test_a_logout_ends_the_pushes_of_its_session_alone(
    cast: Cast, client_of: ClientOf, service: Elsewhere
) -> None:
    phone, tablet = client_of(cast.sari), client_of(cast.sari)
    phone.post("/notifications/push", browser(service, "phone").told)
    tablet.post("/notifications/push", browser(service, "tablet").told)
    phone.post("/logout")
    assert PushSubscription.objects.get().endpoint.endswith("/tablet")


@pytest.mark.parametrize("change", ["role", "password", "is_active"])
@pytest.mark.parametrize("seen_by_signals", [True, False])
def test_no_push_outlives_what_it_was_asked_under(
    cast: Cast, service: Elsewhere, change: str, seen_by_signals: bool
) -> None:
    """An update() that no signal sees is found when something is to be sent."""
    _, address = subscribed(service, cast.sari)
    after = {"role": Role.GURU_BK, "password": "other", "is_active": False}
    if seen_by_signals:
        setattr(cast.sari, change, after[change])
        cast.sari.save()
        assert not PushSubscription.objects.exists()
    User.objects.filter(pk=cast.sari.pk).update(**{change: after[change]})
    with pytest.raises(Unreachable):
        web_push.send(WORDS, address)
    assert service.heard == []
    assert not PushSubscription.objects.exists()


def test_a_person_has_at_most_ten_browsers(cast: Cast, service: Elsewhere) -> None:
    for number in range(12):
        subscribed(service, cast.sari, str(number))
    assert PushSubscription.objects.count() == 10
    assert not PushSubscription.objects.filter(endpoint__endswith="/0").exists()


def test_without_a_key_there_is_no_offer(
    cast: Cast, client_of: ClientOf, service: Elsewhere, settings: Settings
) -> None:
    client = client_of(cast.sari)
    assert "data-turn-on" in client.get("/notifications/preferences").text
    settings.WEB_PUSH_PRIVATE_KEY = ""
    page = client.get("/notifications/preferences").text
    assert "data-turn-on" not in page
    assert "materi:push" not in page
    assert client.post("/notifications/push", browser(service).told).status_code == 422
