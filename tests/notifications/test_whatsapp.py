"""WhatsApp against a server that speaks the Cloud API's published format."""

import json
import logging
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from educounsel.notifications.channels import whatsapp
from educounsel.notifications.channels.words import TryLater, Unreachable, Words
from educounsel.notifications.models import WhatsAppConsent
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.notifications.elsewhere_server import Elsewhere, elsewhere

WORDS = Words("Ada pembaruan jadwal", "/student/appointments/7", "kabar-7", 3)
NUMBER = "6281234567890"
AGREES = {"number": "0812-3456-7890", "agrees": "on"}


@pytest.fixture(autouse=True)
def meta(settings: Settings) -> Iterator[Elsewhere]:
    with elsewhere() as there:
        there.status = 200
        settings.WHATSAPP_BASE_URL = f"{there.url}/v23.0"
        settings.WHATSAPP_TOKEN, settings.WHATSAPP_PHONE_NUMBER_ID = "token-1", "1066"
        settings.WHATSAPP_TEMPLATE = "kabar_baru"
        settings.PUBLIC_URL = "https://bk.sekolah.example"
        yield there


@pytest.fixture
def address(cast: Cast) -> int:
    whatsapp.agree(cast.sari, NUMBER)
    return WhatsAppConsent.objects.get().pk


def test_a_message_is_the_template_with_words_and_link(address: int, meta: Elsewhere) -> None:
    whatsapp.send(WORDS, address)
    (sent,) = meta.heard
    assert sent.path == "/v23.0/1066/messages"
    assert sent.headers["authorization"] == "Bearer token-1"
    assert sent.headers["content-type"] == "application/json"
    assert json.loads(sent.body) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": NUMBER,
        "type": "template",
        "template": {
            "name": "kabar_baru",
            "language": {"code": "id"},
            "components": [
                {
                    "type": "body",
                    "parameters": [
                        {"type": "text", "text": "Ada pembaruan jadwal"},
                        {
                            "type": "text",
                            "text": "https://bk.sekolah.example/student/appointments/7",
                        },
                    ],
                }
            ],
        },
    }


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (401, 190, TryLater),
        (400, 190, TryLater),
        (429, 130429, TryLater),
        (400, 131056, TryLater),
        (500, 131000, TryLater),
        (400, 131026, Unreachable),
        (400, 131030, Unreachable),
        (404, 132001, Unreachable),
    ],
)
def test_an_error_is_tried_again_or_dropped_and_names_no_number(
    address: int, meta: Elsewhere, caplog: pytest.LogCaptureFixture,
    status: int, code: int, said: type[Exception],
) -> None:  # fmt: skip
    error = {"error": {"message": f"to {NUMBER}", "code": code}}
    meta.status, meta.answer = status, json.dumps(error).encode()
    with caplog.at_level(logging.INFO), pytest.raises(said):
        whatsapp.send(WORDS, address)
    assert NUMBER not in caplog.text
    assert ("WHATSAPP_TOKEN" in caplog.text) is (code == 190)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"error": "no"}'])
def test_an_answer_that_is_no_json_breaks_nothing(
    address: int, meta: Elsewhere, answer: bytes
) -> None:
    meta.status, meta.answer = 400, answer
    with pytest.raises(Unreachable):
        whatsapp.send(WORDS, address)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0812-3456-7890", NUMBER),
        ("+62 812 3456 7890", NUMBER),
        ("62 812 3456 7890", NUMBER),
        ("(0812) 3456.7890", NUMBER),
        ("021 5551234", None),
        ("0812", None),
        ("+1 202 555 0123", None),
        ("08123456789012345", None),
        ("0812345678٩0", None),
        ("", None),
    ],
)
def test_a_number_is_an_indonesian_mobile(typed: str, number: str | None) -> None:
    assert whatsapp.tidy_number(typed) == number


def test_consent_is_kept_with_its_time_and_taken_back(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.sari)
    assert client.post("/notifications/whatsapp", AGREES).status_code == 302
    client.post("/notifications/whatsapp", AGREES)
    first = WhatsAppConsent.objects.get()
    assert (first.person, first.number, first.withdrawn_at) == (cast.sari, NUMBER, None)
    client.post("/notifications/whatsapp", AGREES | {"number": "0813 1111 2222"})
    client.post("/notifications/whatsapp/off")
    rows = WhatsAppConsent.objects.order_by("pk")
    assert [row.number for row in rows] == [NUMBER, "6281311112222"]
    assert all(row.withdrawn_at for row in rows)
    assert whatsapp.addresses_of([cast.sari.pk]) == {}
    with pytest.raises(Unreachable):
        whatsapp.send(WORDS, first.pk)


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"agrees": ""}, "Centang dulu bila setuju."),
        ({"number": "12345"}, "Tulis nomor ponsel Indonesia"),
        ({"number": ""}, "Isi nomor WhatsApp-mu."),
    ],
)
def test_without_a_number_and_a_yes_there_is_no_consent(
    cast: Cast, client_of: ClientOf, bad: dict[str, str], sentence: str
) -> None:
    page = client_of(cast.sari).post("/notifications/whatsapp", AGREES | bad)
    assert page.status_code == 422
    assert sentence in page.text
    assert not WhatsAppConsent.objects.exists()


def test_it_is_off_until_configured_but_consent_can_always_be_taken_back(
    cast: Cast, client_of: ClientOf, address: int, settings: Settings
) -> None:
    settings.WHATSAPP_TOKEN = ""
    client = client_of(cast.sari)
    assert client.post("/notifications/whatsapp", AGREES).status_code == 404
    assert "Tarik persetujuan" in client.get("/notifications/preferences").text
    assert client.post("/notifications/whatsapp/off").status_code == 302
    assert whatsapp.consent_of(cast.sari) is None
