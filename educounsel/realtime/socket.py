"""One WebSocket from its handshake to its close, as an ASGI function. It only translates.

Nothing goes up but subscriptions and pings: people act by form POST. A handshake from another
site is refused outright; one without a session is told so in the protocol's words, because a
client that sees a bare refusal would knock for ever.
"""

import asyncio
import logging
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from starlette.websockets import WebSocket, WebSocketDisconnect

from educounsel.realtime import protocol, sessions
from educounsel.realtime.hub import Connection, hub
from educounsel.web.sessions import session_key_in
from educounsel.web.threads import in_thread

log = logging.getLogger(__name__)
FRAMES_A_SECOND = 20
FLOOD = 4301
NOT_UNDERSTOOD = 4302


async def serve(websocket: WebSocket) -> None:
    if not _from_our_pages(websocket) or not _for_our_app(websocket):
        await websocket.close()  # before accept: HTTP 403
        return
    try:
        connection = await _identify(websocket)
    except Exception:
        log.warning("A socket's session could not be asked for")
        await websocket.accept()
        await _turn_away(websocket, protocol.TRY_LATER, "Coba lagi sebentar lagi.")
        return
    await websocket.accept()
    if connection is None:
        await _turn_away(websocket, protocol.UNAUTHORISED, "Masuk dulu.")
    elif not hub.add(connection):
        await _turn_away(websocket, protocol.TOO_MANY_SOCKETS, "Terlalu banyak halaman terbuka.")
    else:
        await _converse(websocket, connection)


def _from_our_pages(websocket: WebSocket) -> bool:
    origin = websocket.headers.get("origin", "")
    own = urlsplit(origin).netloc == websocket.headers.get("host")
    return bool(origin) and (own or origin in settings.CSRF_TRUSTED_ORIGINS)


def _for_our_app(websocket: WebSocket) -> bool:
    return not settings.PUSHER_APP_ID and websocket.url.path == f"/app/{settings.REALTIME_KEY}"


async def _identify(websocket: WebSocket) -> Connection | None:
    session_key = session_key_in(websocket.headers.get("cookie", ""))
    person = await in_thread(sessions.person_of, session_key) if session_key else None
    return Connection(person.pk, session_key, protocol.channels_of(person)) if person else None


async def _turn_away(websocket: WebSocket, code: int, message: str) -> None:
    await websocket.send_text(protocol.failure(code, message))
    await websocket.close(code)


async def _converse(websocket: WebSocket, connection: Connection) -> None:
    """Reads and writes until the first of the two ends, or somebody closes the connection."""
    connection.send(protocol.established(connection.socket_id))
    reader = asyncio.create_task(_read(websocket, connection))
    writer = asyncio.create_task(_write(websocket, connection))
    try:
        ends: set[asyncio.Future[Any]] = {reader, writer, connection.closing}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub.remove(connection)
        reader.cancel()
        writer.cancel()
        ended = await asyncio.gather(reader, writer, return_exceptions=True)
    if not any(isinstance(end, WebSocketDisconnect) for end in ended):
        await websocket.close(connection.closing.result() if connection.closing.done() else 1000)


async def _write(websocket: WebSocket, connection: Connection) -> None:
    while True:
        await websocket.send_text(await connection.next())


async def _read(websocket: WebSocket, connection: Connection) -> None:
    pace = Pace()
    while not pace.is_flood():
        frame = await websocket.receive()
        if frame["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(frame.get("code", 1005))
        try:
            await _obey(connection, protocol.parse(frame.get("text") or ""))
        except protocol.Garbage:
            connection.close(NOT_UNDERSTOOD)
            return
    connection.close(FLOOD)


async def _obey(connection: Connection, command: protocol.Command) -> None:
    match command:
        case ("pusher:ping", _):
            connection.send(protocol.PONG)
        case ("pusher:subscribe", data):
            await _subscribe(connection, data)
        case ("pusher:unsubscribe", {"channel": str(channel)}):
            if channel in connection.channels:
                hub.unsubscribe(connection, channel)


async def _subscribe(connection: Connection, data: dict[str, Any]) -> None:
    """The signature alone is not enough: it may be somebody else's. The session must fit too."""
    channel = data.get("channel")
    if not isinstance(channel, str):
        raise protocol.Garbage
    await sessions.recheck_if_old(connection)
    if connection.closing.done():
        return
    if channel in connection.allowed and protocol.is_signed(
        data.get("auth"), connection.socket_id, channel
    ):
        hub.subscribe(connection, channel)
        connection.send(protocol.subscribed(channel))
    else:
        connection.send(protocol.refused(channel[:200]))


class Pace:
    """Counts frames by the second of their arrival."""

    def __init__(self) -> None:
        self.second, self.frames = 0, 0

    def is_flood(self) -> bool:
        now = int(time.monotonic())
        self.second, self.frames = (now, 1) if now != self.second else (now, self.frames + 1)
        return self.frames > FRAMES_A_SECOND
