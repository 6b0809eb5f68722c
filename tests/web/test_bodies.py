"""Bodies that come slowly, too large, or not to their end."""

import asyncio
import socket
from contextlib import suppress

import pytest
from django.conf import settings
from starlette.types import Message, Receive, Scope, Send

from educounsel.web import bodies
from educounsel.web.bodies import Body, WholeBodies
from tests.web.conftest import Wire, answer, head

MEGABYTE = 2**20
LOGIN = "POST /login"
# Without it Django refuses a form before it reads it.
CSRF = {"Cookie": f"csrf={'a' * 32}"}


def begun(length: int = 5000) -> bytes:
    return head(LOGIN, **CSRF, Content_Length=length) + b"x"


def is_closed(connection: socket.socket) -> bool:
    with suppress(ConnectionResetError):
        return connection.recv(1) == b""
    return True


def wait_until_none_is_held() -> None:
    while Body.in_memory:
        pass


def test_slow_bodies_hold_no_page_thread(wire: Wire) -> None:
    for _ in range(2 * settings.WEB_THREADS):
        wire(begun())
    assert answer(wire(head("GET /login")))[0] == 200


def test_who_drips_is_let_go(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.2)
    dripper = wire(begun())
    status, page = answer(dripper)
    assert (status, "lalu kirim lagi saat sinyalnya lebih baik" in page) == (408, True)
    assert is_closed(dripper)


def test_who_falls_silent_is_let_go(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Much was sent at once: it buys no hour of silence."""
    monkeypatch.setattr(bodies, "PAUSE_SECONDS", 0.2)
    silent = wire(begun(MEGABYTE) + b"x" * (MEGABYTE // 2))
    assert answer(silent)[0] == 408


def test_a_body_that_comes_in_pieces_arrives(wire: Wire) -> None:
    connection = wire(head(LOGIN, Content_Length=3) + b"a")
    connection.sendall(b"b")
    connection.sendall(b"c")
    status, page = answer(connection)
    assert (status, "sudah terlalu lama terbuka" in page) == (403, True)


@pytest.mark.parametrize("length", [12 * MEGABYTE + 1, 300 * MEGABYTE])
def test_a_body_that_says_it_is_too_large_is_refused_unread(wire: Wire, length: int) -> None:
    connection = wire(head(LOGIN, Content_Length=length, Expect="100-continue"))
    status, page = answer(connection)
    assert (status, "lebih besar dari 12 MB" in page) == (413, True)


def test_who_still_sends_hears_the_refusal(wire: Wire) -> None:
    connection = wire(head(LOGIN, Content_Length=20 * MEGABYTE) + b"x" * 20 * MEGABYTE)
    assert answer(connection)[0] == 413
    assert is_closed(connection)


def test_a_larger_body_of_unknown_length_is_refused(wire: Wire) -> None:
    part = b"100000\r\n" + b"x" * MEGABYTE + b"\r\n"
    connection = wire(head(LOGIN, Transfer_Encoding="chunked") + 13 * part + b"0\r\n\r\n")
    assert answer(connection)[0] == 413
    wait_until_none_is_held()


def test_who_leaves_in_the_middle_takes_no_thread_and_leaves_nothing(wire: Wire) -> None:
    leaving = wire(begun(MEGABYTE) + b"x" * 1000)
    while not Body.in_memory:
        pass
    leaving.close()
    wait_until_none_is_held()


def told(parts: list[Message]) -> Receive:
    async def receive() -> Message:
        return parts.pop(0)

    return receive


def through_the_gate(sent: list[bytes]) -> tuple[bytes, list[Message]]:
    """What the application heard, and what the browser did."""
    heard: list[bytes] = []
    answers: list[Message] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        more = True
        while more:
            message = await receive()
            heard.append(message["body"])
            more = message["more_body"]

    async def send(message: Message) -> None:
        answers.append(message)

    parts: list[Message] = [
        {"type": "http.request", "body": each, "more_body": True} for each in sent
    ]
    parts.append({"type": "http.request", "body": b"", "more_body": False})
    scope = {"type": "http", "headers": [(b"transfer-encoding", b"chunked")]}
    asyncio.run(WholeBodies(application)(scope, told(parts), send))
    return b"".join(heard), answers


@pytest.mark.parametrize("most_in_memory", [0, 600, bodies.MOST_IN_MEMORY])
def test_a_body_arrives_whole_from_memory_and_from_disk(
    monkeypatch: pytest.MonkeyPatch, most_in_memory: int
) -> None:
    monkeypatch.setattr(bodies, "MOST_IN_MEMORY", most_in_memory)
    sent = [bytes([number]) * 500 for number in range(5)]
    assert through_the_gate(sent) == (b"".join(sent), [])
    assert (Body.in_memory, Body.together) == (0, 0)


def test_bodies_do_not_fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MOST_TOGETHER", 900)
    heard, answers = through_the_gate([b"x" * 500] * 2)
    assert (heard, answers[0]["status"]) == (b"", 503)
    assert (Body.in_memory, Body.together) == (0, 0)


def test_a_disk_that_is_full_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(body: Body, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Body, "write", full)
    heard, answers = through_the_gate([b"x"])
    assert (heard, answers[0]["status"]) == (b"", 503)
    assert b"tulisanmu masih di sana" in answers[1]["body"]


def test_twelve_megabytes_from_a_slow_phone_have_time_enough() -> None:
    """100 kB/s, after the first hundred kilobytes silent for a quarter of a minute."""
    received = 100_000
    assert bodies.PAUSE_SECONDS > 15
    assert bodies.GRACE_SECONDS + received / bodies.LEAST_BYTES_A_SECOND > 1 + 4 * 15
