"""uvicorn's HTTP protocol, with an end to what one connection can keep or hold, and how many may.

Of a request's head (its address and headers, and what follows a body in pieces) uvicorn keeps what
comes, for as long as it comes. nginx has the same limits in front of it, other edges have not.
"""

import asyncio
import logging

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from educounsel.server.limits import most_connections

log = logging.getLogger(__name__)
MOST_HEAD_BYTES = 32 * 1024
# What a header costs beside its own bytes.
HEADER_BYTES = 32
HEAD_SECONDS = 10.0
RETRY_SECONDS = 10
TOO_LARGE = (
    "Peramban ini mengirim terlalu banyak sekaligus. Hapus kuki untuk situs ini, lalu buka lagi."
)
FULL = "EduCounsel sedang penuh. Tunggu sebentar, lalu coba lagi."


class HeadTooLarge(Exception):
    """The parser passes it on as a request that it cannot read."""


class Connection(HttpToolsProtocol):
    _outside_bodies = 0  # bytes that the parser may still hold
    _is_head_too_large = False
    _is_in_request = False
    _due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(max(HEAD_SECONDS, self.timeout_keep_alive))
        if len(self.connections) > most_connections():
            log.warning("New connections are refused: %d are open", len(self.connections))
            self._close_with("503 Service Unavailable", FULL, f"Retry-After: {RETRY_SECONDS}")

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._outside_bodies += len(data)
        super().data_received(data)
        if self._outside_bodies > MOST_HEAD_BYTES and not self.transport.is_closing():
            self._close_with("431 Request Header Fields Too Large", TOO_LARGE)

    def handle_websocket_upgrade(self) -> None:
        self._stop_waiting()
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_request = True
        self._wait_if_all_is_answered()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        self._outside_bodies = 0
        self._is_head_too_large = _size(self.url, self.headers) > MOST_HEAD_BYTES
        if self._is_head_too_large:
            raise HeadTooLarge
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._outside_bodies = max(0, self._outside_bodies - len(body))
        super().on_body(body)

    def on_chunk_header(self) -> None:
        self._outside_bodies = 0

    def on_message_complete(self) -> None:
        self._outside_bodies = 0
        super().on_message_complete()
        self._is_in_request = False
        self._wait_if_all_is_answered()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._unset_keepalive_if_required()  # it ends with the first byte of whatever comes
        self._wait_if_all_is_answered()

    def send_400_response(self, msg: str) -> None:
        if self._is_head_too_large:
            self._close_with("431 Request Header Fields Too Large", TOO_LARGE)
        else:
            super().send_400_response(msg)

    def _wait_if_all_is_answered(self) -> None:
        """For a next request as long as for nothing; for the rest of one that has begun, a head or
        a body that nobody reads, not so long."""
        if self.cycle is None or self.cycle.response_complete:
            self._wait(HEAD_SECONDS if self._is_in_request else self.timeout_keep_alive)

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._due = self.loop.call_later(seconds, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._due:
            self._due.cancel()

    def _close_with(self, status: str, sentence: str, *more_lines: str) -> None:
        body = sentence.encode()
        lines = (
            f"HTTP/1.1 {status}",
            "Content-Type: text/plain; charset=utf-8",
            f"Content-Length: {len(body)}",
            *more_lines,
            "Connection: close",
            "\r\n",
        )
        self.transport.write("\r\n".join(lines).encode() + body)
        self.transport.close()


def _size(url: bytes, headers: list[tuple[bytes, bytes]]) -> int:
    return len(url) + sum(len(name) + len(value) + HEADER_BYTES for name, value in headers)
