"""What a browser sends is read whole before a page thread is taken: who sends slowly holds none."""

import asyncio
import errno
from contextlib import closing, suppress
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any, cast

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.csp import build_policy
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The largest form: a PDF of 10 MB, a picture of 2 MB and the words beside them. As at the edge.
MOST_BYTES = 12 * 1024 * 1024
# A phone may be silent in a tunnel; 2 kB/s is the slowest of mobile networks. What was sent fast
# buys time for what comes slowly, but never much: else it would hold its room for hours.
PAUSE_SECONDS = 20.0
GRACE_SECONDS = 30.0
AHEAD_SECONDS = 60.0
LEAST_BYTES_A_SECOND = 2_000
# Closed while the browser still sends, its network would lose the answer.
LINGER_SECONDS = 10.0
CHUNK = 256 * 1024


@dataclass(eq=False)
class Room:
    """A place where bodies lie, in bytes."""

    most_of_one: int
    most: int
    taken: int = 0

    def holds(self, size: int, of_them_here: int) -> bool:
        return size <= self.most_of_one and self.taken - of_them_here + size <= self.most


# Words have memory of their own: no upload crowds them out, and a full disk loses none.
WORDS = Room(64 * 1024, 64 * 1024 * 1024)
UPLOADS = Room(MOST_BYTES, 64 * 1024 * 1024)
DISK = Room(MOST_BYTES, 960 * 1024 * 1024)
ROOMS = (WORDS, UPLOADS, DISK)


class Refused(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class WholeBodies:
    """Before an application that would wait for a body on a thread."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _has_body(scope):
            await self.app(scope, receive, send)
            return
        with closing(Body()) as body:
            try:
                await _read(body, scope, receive)
            except ClientDisconnect:
                return
            except Refused as refused:
                await _refuse(refused.status, receive, send)
                return
            await self.app(_with_length(scope, body.size), body.told_before(receive), send)


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in scope["headers"]
    )


def _with_length(scope: Scope, size: int) -> Scope:
    """Of a body in pieces, which Django would not read."""
    without = (b"transfer-encoding", b"content-length")
    headers = [each for each in scope["headers"] if each[0] not in without]
    return {**scope, "headers": [*headers, (b"content-length", str(size).encode())]}


class Body:
    def __init__(self) -> None:
        self.size, self._room = 0, WORDS
        self._is_told = False
        self._file = SpooledTemporaryFile()  # noqa: SIM115  # close() does

    def close(self) -> None:
        self._room.taken -= self.size
        with suppress(OSError):  # a full disk refuses once more what it refused
            self._file.close()

    def write(self, data: bytes) -> None:
        """Raises OSError where there is no room."""
        size = self.size + len(data)
        room = self._room_for(size)
        if room is DISK:
            self._file.rollover()
        self._file.write(data)
        self._file.flush()
        self._room.taken -= self.size
        self.size, self._room = size, room
        self._room.taken += self.size

    def _room_for(self, size: int) -> Room:
        """This one, or one of those after it: nothing comes back from disk."""
        for room in ROOMS[ROOMS.index(self._room) :]:
            if room.holds(size, self.size if room is self._room else 0):
                return room
        raise OSError(errno.ENOSPC, "Too much is arriving")

    def told_before(self, rest: Receive) -> Receive:
        """This body, and then what else the connection says."""
        self._file.seek(0)

        async def receive() -> Message:
            if self._is_told:
                return await rest()
            part = self._file.read(CHUNK)
            self._is_told = not part
            return {"type": "http.request", "body": part, "more_body": bool(part)}

        return receive


async def _read(body: Body, scope: Scope, receive: Receive) -> None:
    if _announced(scope) > MOST_BYTES:
        raise Refused(413)
    now = asyncio.get_running_loop().time
    due, more = now() + GRACE_SECONDS, True
    while more:
        message = await _next(receive, min(PAUSE_SECONDS, due - now()))
        part = message.get("body", b"")
        _keep(body, part)
        due = min(due + len(part) / LEAST_BYTES_A_SECOND, now() + AHEAD_SECONDS)
        more = message.get("more_body", False)


def _announced(scope: Scope) -> int:
    return int(dict(scope["headers"]).get(b"content-length", 0))


async def _next(receive: Receive, seconds: float) -> Message:
    try:
        async with asyncio.timeout(seconds):
            message = await receive()
    except TimeoutError:
        raise Refused(408) from None
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message


def _keep(body: Body, part: bytes) -> None:
    if body.size + len(part) > MOST_BYTES:
        raise Refused(413)
    try:
        body.write(part)
    except OSError:
        raise Refused(503) from None


async def _refuse(status: int, receive: Receive, send: Send) -> None:
    page = render_to_string(f"{status}.html").encode()
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(page)),
        "Content-Security-Policy": build_policy(cast(Any, settings.SECURE_CSP)),
        "Cache-Control": "no-store",
        "Connection": "close",
        "X-Content-Type-Options": "nosniff",
    } | ({"Retry-After": "10"} if status == 503 else {})
    lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": page, "more_body": True})
    if status != 408:
        await _let_it_finish(receive)
    await send({"type": "http.response.body", "body": b""})


async def _let_it_finish(receive: Receive) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while (await receive()).get("more_body"):
                pass
