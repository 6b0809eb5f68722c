"""The line to a provider. It can be cut at any moment, also before a word was answered."""

import socket
import time
from contextlib import suppress
from email.utils import parsedate_to_datetime
from math import isfinite
from threading import Event
from typing import Any

import httpx2
import openai

from educounsel.companion.providers import ProviderFailed

# As the HTTP library calls the moments from which there is something to cut.
CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")
# A rest that the SDK may wait out before it asks its second time.
LONGEST_REST = 2.0


class Line:
    def __init__(self) -> None:
        self._cut = Event()
        self._stream: Any = None

    @property
    def is_cut(self) -> bool:
        return self._cut.is_set()

    def client(self) -> httpx2.Client:
        return openai.DefaultHttpxClient(
            event_hooks={"request": [self._watch], "response": [_leave_long_rests_to_the_queue]}
        )

    def cut(self) -> None:
        """Whoever listens on it learns of that at once; the SDK asks no second time."""
        self._cut.set()
        if self._stream is not None:
            with suppress(OSError):
                self._stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def _watch(self, request: httpx2.Request) -> None:
        if self.is_cut:
            raise ProviderFailed("nobody listens any more")
        request.extensions["trace"] = self._note

    def _note(self, event: str, info: dict[str, Any]) -> None:
        if event in CONNECTED:
            self._stream = info["return_value"]
            if self.is_cut:
                self.cut()


def rest_asked_for(answer: httpx2.Response) -> float | None:
    """The seconds for which a provider asks to be left alone, in whichever form it does.

    None also for what is no number of seconds and no date.
    """
    for header, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        with suppress(KeyError, ValueError):
            return _finite(float(answer.headers[header]) / unit)
    with suppress(KeyError, ValueError):
        asked = parsedate_to_datetime(answer.headers["retry-after"])
        return _finite(asked.timestamp() - time.time())
    return None


def _finite(seconds: float) -> float | None:
    return max(seconds, 0.0) if isfinite(seconds) else None


def _leave_long_rests_to_the_queue(answer: httpx2.Response) -> None:
    """The SDK would sleep through a rest of up to two minutes, and the student with it."""
    if answer.is_error and (rest_asked_for(answer) or 0) > LONGEST_REST:
        answer.headers["x-should-retry"] = "false"
