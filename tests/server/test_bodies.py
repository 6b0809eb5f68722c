"""Bodies that come slowly, too large, or not to their end."""

import socket
import threading
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from django.conf import settings

from educounsel.server import bodies
from educounsel.server.body_rooms import ROOMS, Body
from tests.server.conftest import Wire, answer, head

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


type Moments = tuple[threading.Event, threading.Event]


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> Moments:
    """When something of a body has come, and when nothing of it is left."""
    come, gone = threading.Event(), threading.Event()

    class Watched(Body):
        def write(self, data: bytes) -> None:
            super().write(data)
            come.set()

        def close(self) -> None:
            super().close()
            gone.set()

    monkeypatch.setattr(bodies, "Body", Watched)
    return come, gone


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


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_form_is_read_with_a_length_and_without(wire: Wire, is_chunked: bool) -> None:
    form = urlencode({"csrfmiddlewaretoken": "a" * 32, "login": "siapa", "password": "x"})
    said = {"Content-Type": "application/x-www-form-urlencoded", **CSRF}
    if is_chunked:
        begin, rest = form[:9], form[9:]
        body = f"9\r\n{begin}\r\n{len(rest):x}\r\n{rest}\r\n0\r\n\r\n"
        connection = wire(head(LOGIN, **said, Transfer_Encoding="chunked") + body.encode())
    else:
        connection = wire(head(LOGIN, **said, Content_Length=len(form)) + form.encode())
    status, page = answer(connection)
    assert (status, 'value="siapa"' in page) == (422, True)


@pytest.mark.parametrize("length", [32 * MEGABYTE + 1, 300 * MEGABYTE])
def test_a_body_that_says_it_is_too_large_is_refused_unread(wire: Wire, length: int) -> None:
    connection = wire(head(LOGIN, Content_Length=length, Expect="100-continue"))
    status, page = answer(connection)
    assert (status, "lebih besar dari 32 MB" in page) == (413, True)


def test_who_still_sends_hears_the_refusal(wire: Wire) -> None:
    connection = wire(head(LOGIN, Content_Length=40 * MEGABYTE) + b"x" * 40 * MEGABYTE)
    assert answer(connection)[0] == 413
    assert is_closed(connection)


def test_a_larger_body_of_unknown_length_is_refused(wire: Wire) -> None:
    part = b"100000\r\n" + b"x" * MEGABYTE + b"\r\n"
    connection = wire(head(LOGIN, Transfer_Encoding="chunked") + 33 * part + b"0\r\n\r\n")
    assert answer(connection)[0] == 413
    assert is_closed(connection)
    assert [room.taken for room in ROOMS] == [0, 0, 0]


def test_who_leaves_in_the_middle_takes_no_thread_and_leaves_nothing(
    wire: Wire, moments: Moments
) -> None:
    come, gone = moments
    leaving = wire(begun(MEGABYTE) + b"x" * 1000)
    assert come.wait(20)
    leaving.close()
    assert gone.wait(20)
    assert [room.taken for room in ROOMS] == [0, 0, 0]
