"""What a browser sends is read whole before a page thread is taken: who sends slowly holds none."""

import asyncio
from contextlib import closing, suppress
from typing import Any, cast

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.csp import build_policy
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from educounsel.server.body_rooms import MOST_BYTES, Body

# A phone may be silent in a tunnel; 2 kB/s is the slowest of mobile networks. What was sent fast
# buys time for what comes slowly, but never much: else it would hold its room for hours.
PAUSE_SECONDS = 20.0
GRACE_SECONDS = 30.0
AHEAD_SECONDS = 60.0
LEAST_BYTES_A_SECOND = 2_000
# Closed while the browser still sends, its network would lose the answer.
LINGER_SECONDS = 10.0


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
