"""What goes to hosted Pusher, checked with its official library and its published examples."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pusher
import pusher.signature
import pytest
from django.db import transaction

from educounsel.accounts.models import Role
from educounsel.realtime import hosted, protocol, push
from tests.cast import Cast, make_cast
from tests.conftest import ClientOf
from tests.realtime.conftest import OpenSocket

# The keys of the examples in Pusher's documentation.
APP, KEY, SECRET = "3", "278d425bdf160c739803", "7ad3773142a6692b25b8"


class Api(HTTPServer):
    """Takes what its answers say, and keeps what was posted."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.posted: list[tuple[str, bytes]] = []
        self.answers: Iterator[int] = iter(())


class Handler(BaseHTTPRequestHandler):
    server: Api

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, body))
        self.send_response(next(self.server.answers, 200))
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *words: Any) -> None: ...


@pytest.fixture
def api(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setattr(hosted, "PAUSES_SECONDS", (0, 0, 0))
    with Api() as server:
        settings.PUSHER_APP_ID, settings.REALTIME_KEY, settings.REALTIME_SECRET = APP, KEY, SECRET
        settings.PUSHER_API = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever).start()
        yield server
        hosted.sender.wait_until_sent()
        server.shutdown()


def posted(api: Api) -> list[Any]:
    hosted.sender.wait_until_sent()
    return [json.loads(body) for _, body in api.posted]


def test_the_published_example_of_a_signed_request(settings: Any) -> None:
    settings.REALTIME_KEY, settings.REALTIME_SECRET = KEY, SECRET
    body = rb'{"name":"foo","channels":["project-3"],"data":"{\"some\":\"data\"}"}'
    query = hosted.signed_query(f"/apps/{APP}/events", body, 1353088179)
    assert dict(parse_qsl(query)) == {
        "auth_key": KEY,
        "auth_timestamp": "1353088179",
        "auth_version": "1.0",
        "body_md5": "ec365a775a4cd0599faeb73354201b6f",
        "auth_signature": "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c",
    }


def test_a_subscription_is_signed_as_the_official_library_does(settings: Any) -> None:
    settings.REALTIME_KEY, settings.REALTIME_SECRET = KEY, SECRET
    theirs = pusher.Pusher(APP, KEY, SECRET).authenticate("private-user-7", "1234.1234")
    assert protocol.sign("1234.1234", "private-user-7") == theirs["auth"]


def test_a_socket_is_signed_in_as_the_official_library_does(
    cast: Cast, client_of: ClientOf, settings: Any
) -> None:
    settings.REALTIME_KEY, settings.REALTIME_SECRET = KEY, SECRET
    sari = client_of(cast.sari)
    ours = sari.post("/realtime/user", {"socket_id": "1234.1234"}).json()
    theirs = pusher.Pusher(APP, KEY, SECRET).authenticate_user(
        "1234.1234", {"id": str(cast.sari.pk)}
    )
    assert ours == theirs
    assert sari.post("/realtime/user", {"socket_id": "1234.1234::user::{}"}).status_code == 403


def test_an_event_is_sent_after_commit_and_its_signature_holds(
    api: Api, transactional_db: None
) -> None:
    with transaction.atomic():
        push.to_user(7, "companion", {"message": 1, "blocks": ["<p>é</p>"]})
        assert posted(api) == []
    (event,) = posted(api)
    assert (event["name"], event["channels"]) == ("companion", ["private-user-7"])
    assert json.loads(event["data"]) == {"message": 1, "blocks": ["<p>é</p>"]}
    assert path_of_signed(api.posted[0][0]) == f"/apps/{APP}/events"


def path_of_signed(address: str) -> str:
    """Checked as Pusher's own library would."""
    path, query = urlsplit(address).path, urlsplit(address).query
    signed, _, signature = query.partition("&auth_signature=")
    assert pusher.signature.verify(SECRET, f"POST\n{path}\n{signed}", signature)
    return path


def closed(api: Api) -> list[str]:
    """Whose sockets Pusher was asked to close."""
    assert all(body == {} for body in posted(api))
    paths = [path_of_signed(address).split("/") for address, _ in api.posted]
    assert all([*path[:4], path[5]] == ["", "apps", APP, "users", END] for path in paths)
    return [path[4] for path in paths]


END = "terminate_connections"


def test_logout_closes_the_sockets_of_that_person(
    api: Api, transactional_db: None, client_of: ClientOf
) -> None:
    people = make_cast()
    sari = client_of(people.sari)
    assert closed(api) == []  # signing in changes nothing
    sari.post("/logout")
    assert closed(api) == [str(people.sari.pk)]
    assert sari.post("/realtime/user", {"socket_id": "1.1"}).status_code == 302  # nor back in


def test_a_changed_account_loses_its_sockets(api: Api, transactional_db: None) -> None:
    people = make_cast()
    people.sari.is_active = False
    people.sari.save()
    assert closed(api) == [str(people.sari.pk)]


def test_what_is_asked_to_close_is_what_the_official_library_asks(settings: Any) -> None:
    theirs = pusher.Pusher(APP, KEY, SECRET)._pusher_client.terminate_user_connections
    asked = theirs.make_request("7")  # its path leaves out the app
    assert list(hosted.calls({"ended": 7, "session": "x"})) == [(asked.path, asked.body)]


def test_what_is_too_long_says_fetch_me(api: Api, transactional_db: None) -> None:
    push.to_user(7, "companion", {"message": 1, "blocks": ["é" * 6_000]})
    (event,) = posted(api)
    assert json.loads(event["data"]) == {"message": 1}


def test_a_class_needs_a_call_for_a_hundred_and_a_school_one(
    api: Api, transactional_db: None
) -> None:
    push.to_users(range(101), "notification", {"within": 0})
    push.to_role(5, Role.STUDENT, "notification", {"within": 0})
    channels = [event["channels"] for event in posted(api)]
    assert [len(each) for each in channels] == [100, 1, 1]
    assert channels[2] == ["private-school-5-student"]


def test_a_busy_pusher_is_asked_again_and_a_refusal_is_not(
    api: Api, transactional_db: None
) -> None:
    api.answers = iter([503, 200, 403])
    push.to_user(7, "notification", {"within": 0})
    push.to_user(8, "notification", {"within": 0})
    assert [event["channels"][0][-1] for event in posted(api)] == ["7", "7", "8"]


def test_nobody_waits_for_a_pusher_that_hangs(
    api: Api, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue is bounded: what does not fit is dropped, and no request ever waits."""
    free = threading.Event()
    monkeypatch.setattr(hosted, "_send", lambda http, body: free.wait(30))
    for _ in range(hosted.WAITING + 10):
        push.to_user(7, "notification", {"within": 0})
    free.set()


def test_the_page_is_told_where_to_connect(cast: Cast, client_of: ClientOf, settings: Any) -> None:
    settings.PUSHER_APP_ID, settings.PUSHER_CLUSTER = APP, "ap1"
    page = client_of(cast.sari).get("/student/dashboard").text
    assert 'data-realtime-cluster="ap1"' in page


def test_a_page_may_connect_there_only_where_it_is_configured() -> None:
    hosts = {"PUSHER_APP_ID": APP, "PUSHER_KEY": KEY, "PUSHER_SECRET": SECRET}
    assert "pusher.com" not in _connect_src({})
    assert "wss://ws-eu.pusher.com" in _connect_src(hosts | {"PUSHER_CLUSTER": "eu"})


def _connect_src(environment: dict[str, str]) -> str:
    """As a process of its own reads its settings."""
    ask = "from educounsel import settings; print(settings.SECURE_CSP['connect-src'])"
    words = [sys.executable, "-c", ask]
    return subprocess.run(
        words, env=os.environ | environment, capture_output=True, text=True, check=True
    ).stdout


def test_our_own_hub_is_closed_then(cast: Cast, open_socket: OpenSocket, settings: Any) -> None:
    settings.PUSHER_APP_ID = APP
    with pytest.raises(Exception, match="403"):
        open_socket(cast.sari)
