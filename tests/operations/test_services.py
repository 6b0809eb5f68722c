"""What the doctor says of services of others, by servers that know one key each."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pusher.signature
import pytest
from pytest_django import Settings

from educounsel.operations.examination import examine
from educounsel.operations.services import services

MODEL = {"id": "m-1", "object": "model", "created": 1, "owned_by": "x"}
SPOKEN = {"id": "1", "object": "chat.completion", "created": 1, "model": "m-1", "choices": []}


class Theirs(BaseHTTPRequestHandler):
    has_list = True

    def do_GET(self) -> None:
        token = self.headers.get("Authorization")
        path, _, query = self.path.partition("?")
        if path == "/apps/3/channels":
            self._say(200 if _is_signed(path, query, "rahasia") else 401)
        elif token != "Bearer key":
            self._say(401, {"error": {"message": f"not {token}"}})
        elif path == "/1066":
            self._say(200)
        else:
            known = path == "/v1/models" and self.has_list
            self._say(200 if known else 404, {"object": "list", "data": [MODEL]})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        is_known = asked["model"] == "m-1" and self.headers["Authorization"] == "Bearer key"
        answers = {
            "/v1/embeddings": {"data": [{"index": 0, "embedding": [0.6, 0.8]}]},
            "/v1/chat/completions": SPOKEN,
        }
        self._say(200 if is_known and self.path in answers else 404, answers.get(self.path, {}))

    def _say(self, status: int, words: Any = None) -> None:
        body = json.dumps(words or {}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None: ...


def _is_signed(path: str, query: str, secret: str) -> bool:
    asked, _, signature = query.rpartition("&auth_signature=")
    return bool(pusher.signature.verify(secret, f"GET\n{path}\n{asked}", signature))


@pytest.fixture(params=[True, False])
def theirs(request: pytest.FixtureRequest, settings: Settings) -> Iterator[str]:
    """With and without a list of models."""
    handler = type("Handler", (Theirs,), {"has_list": request.param})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = f"{url}/v1", "key"
        settings.OPENAI_MODEL = settings.OPENAI_EMBEDDINGS = "m-1"
        settings.WHATSAPP_BASE_URL, settings.WHATSAPP_PHONE_NUMBER_ID = url, "1066"
        settings.WHATSAPP_TOKEN, settings.WHATSAPP_TEMPLATE = "key", "kabar"
        settings.PUBLIC_URL = "https://bk.sekolah.example"
        settings.PUSHER_API, settings.PUSHER_APP_ID = url, "3"
        settings.REALTIME_KEY, settings.REALTIME_SECRET = "k", "rahasia"
        threading.Thread(target=server.serve_forever).start()
        yield url
        server.shutdown()


def wrong() -> dict[str, str]:
    answers = {part.name: examine(part) for part in services()}
    assert set(answers) == {"AI provider", "embeddings", "WhatsApp", "Pusher"}
    return {name: words for name, (is_well, words) in answers.items() if not is_well}


def test_services_that_know_us_are_well(theirs: str) -> None:
    assert wrong() == {}


@pytest.mark.parametrize(
    ("setting", "value", "names"),
    [
        ("OPENAI_API_KEY", "geheim", {"AI provider", "embeddings"}),
        ("OPENAI_MODEL", "m-9", {"AI provider"}),
        ("OPENAI_EMBEDDINGS", "m-9", {"embeddings"}),
        ("WHATSAPP_TOKEN", "geheim", {"WhatsApp"}),
        ("WHATSAPP_PHONE_NUMBER_ID", "1067", {"WhatsApp"}),
        ("WHATSAPP_TEMPLATE", "", {"WhatsApp"}),
        ("PUSHER_APP_ID", "4", {"Pusher"}),
        ("REALTIME_SECRET", "geheim", {"Pusher"}),
    ],
)
def test_what_a_service_refuses_is_named(
    theirs: str, settings: Settings, setting: str, value: str, names: set[str]
) -> None:
    setattr(settings, setting, value)
    found = wrong()
    assert set(found) == names
    assert "geheim" not in str(found)


def test_a_base_address_that_leads_nowhere_is_named(theirs: str, settings: Settings) -> None:
    settings.OPENAI_BASE_URL = f"{theirs}/v2"
    assert wrong()["AI provider"].startswith("It answers 404: look at OPENAI_API_KEY, OPENAI_BASE")
