"""The line to a provider. It can be cut at any moment, also before a word was answered."""

import socket
from contextlib import suppress
from threading import Event
from typing import Any

import httpx2
import openai

from educounsel.companion.providers import ProviderFailed

# As the HTTP library calls the moments from which there is something to cut.
CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class Line:
    def __init__(self) -> None:
        self._cut = Event()
        self._stream: Any = None

    @property
    def is_cut(self) -> bool:
        return self._cut.is_set()

    def client(self) -> httpx2.Client:
        return openai.DefaultHttpxClient(event_hooks={"request": [self._watch]})

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
