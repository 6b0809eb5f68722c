"""Who waits for something is told in time that it does not come."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from threading import Event
from typing import Any

import pytest
from django.core.files.base import ContentFile

from educounsel.server.deadline import PLACES, within
from educounsel.settings import S3_FILES
from educounsel.web import files
from educounsel.web.files import PromptS3Files

LONG, SHORT = 30, 0.05


def test_what_is_done_in_time_is_there() -> None:
    undone = Event()
    assert within(LONG, lambda: "kept", too_late=undone.set) == "kept"
    assert not undone.is_set()


def test_what_fails_fails_as_it_would_alone() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        within(LONG, fail, too_late=lambda: None)


def test_what_comes_too_late_is_undone() -> None:
    came, undone = Event(), Event()
    with pytest.raises(TimeoutError):
        within(SHORT, lambda: came.wait(LONG), too_late=undone.set)
    assert not undone.is_set()
    came.set()
    assert undone.wait(LONG)


def test_where_eight_do_not_end_the_next_is_told_at_once() -> None:
    came, begun = Event(), Event()
    for _ in range(8):
        with pytest.raises(TimeoutError):
            within(SHORT, lambda: came.wait(LONG), too_late=lambda: None)
    with pytest.raises(TimeoutError):
        within(LONG, begun.set, too_late=lambda: None)
    assert not begun.is_set()
    came.set()
    wait_until_free()
    assert within(LONG, lambda: "next", too_late=lambda: None) == "next"


def wait_until_free() -> None:
    for _ in range(8):
        assert PLACES.acquire(timeout=LONG)
    PLACES.release(8)


# --- A bucket that answers a letter at a time: each in time, and all of it never -----------------


@pytest.fixture
def dripping() -> Iterator[PromptS3Files]:
    enough = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=[server, enough]).start()
        place: dict[str, Any] = {
            "bucket_name": "b", "region_name": "x", "access_key": "a", "secret_key": "s",
            "endpoint_url": f"http://127.0.0.1:{server.getsockname()[1]}",
        }  # fmt: skip
        yield PromptS3Files(**S3_FILES["OPTIONS"] | place)
        enough.set()


def drip(server: socket.socket, enough: Event) -> None:
    with server.accept()[0] as line, suppress(OSError):
        line.recv(65536)
        for letter in "HTTP/1.1 200 OK\r\nX-Slow: " + "a" * 1000:
            line.sendall(letter.encode())
            if enough.wait(0.1):
                return


def test_an_upload_to_a_bucket_that_drips_is_refused_in_time(
    dripping: PromptS3Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_SECONDS", 1.0)
    with pytest.raises(TimeoutError):
        dripping.save("a.pdf", ContentFile(b"%PDF"))


def test_a_delete_in_a_bucket_that_drips_is_given_up(
    dripping: PromptS3Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_SECONDS", 1.0)
    with pytest.raises(TimeoutError):
        dripping.delete("a.pdf")
