"""Who hangs up is let go at once, whatever the provider is doing."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest_django import Settings

from educounsel.companion.providers import openai
from educounsel.companion.providers.spoken import Turn

PATIENT = 10  # half of what the provider is given to begin


@contextmanager
def a_mute_server() -> Iterator[tuple[str, list[threading.Event]]]:
    """Takes every question and never answers one; says when each has come."""
    asked: list[threading.Event] = [threading.Event(), threading.Event()]
    lines: list[socket.socket] = []

    def listen() -> None:
        for event in asked:
            line, _ = listener.accept()
            lines.append(line)
            line.recv(65536)
            event.set()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1", asked
    for line in lines:
        line.close()


def listeners() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "provider"}


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_before_the_first_word_a_call_ends_at_once_and_asks_no_second_time(
    settings: Settings, api: str
) -> None:
    before = listeners()
    settings.OPENAI_API, settings.OPENAI_API_KEY = api, "a-key"
    with a_mute_server() as (settings.OPENAI_BASE_URL, asked):
        with openai.Call([Turn("user", "halo")], student_id=1, seconds=PATIENT):
            assert asked[0].wait(PATIENT)
            (listening,) = listeners() - before
        listening.join(PATIENT)
        assert not listening.is_alive()
        assert not asked[1].is_set()


def test_a_call_that_nobody_waits_for_any_more_is_not_made(settings: Settings) -> None:
    settings.OPENAI_API_KEY = "a-key"
    with a_mute_server() as (settings.OPENAI_BASE_URL, asked):
        call = openai.Call([Turn("user", "halo")], student_id=1, seconds=PATIENT)
        call.__exit__()
        with call:
            call.__exit__()
        for listening in listeners():
            listening.join(PATIENT)
        assert not asked[0].is_set()
