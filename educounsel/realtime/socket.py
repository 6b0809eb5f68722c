"""One WebSocket from its handshake to its close, as an ASGI function. It only translates.

Nothing goes up but subscriptions and pings: people act by form POST. A handshake from another
site is refused outright; one without a session is told so in the protocol's words, because a
client that sees a bare refusal would knock for ever.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from starlette.websockets import WebSocket, WebSocketDisconnect

from educounsel.realtime import protocol, sessions
from educounsel.realtime.hub import Connection, hub
from educounsel.realtime.lines import EXTENSION, Line, Outbox
from educounsel.realtime.pace import Pace
from educounsel.server.threads import in_thread
from educounsel.web.sessions import session_key_in

log = logging.getLogger(__name__)
FRAMES_A_SECOND = 20
CLOSE_SECONDS = 2.0


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
    if person is None:
        return None
    return Connection(
        user_id=person.pk,
        session_key=session_key,
        allowed=protocol.channels_of(person),
        line=_line_of(websocket),
        standing=sessions.standing_of(person),
    )


def _line_of(websocket: WebSocket) -> Line:
    """The server's own where it has one, and ASGI's way where it has not."""
    return websocket.scope.get("extensions", {}).get(EXTENSION, {}).get("line") or Outbox()


async def _turn_away(websocket: WebSocket, code: int, message: str) -> None:
    await websocket.send_text(protocol.failure(code, message))
    await websocket.close(code)


async def _converse(websocket: WebSocket, connection: Connection) -> None:
    """Until the peer leaves, or somebody closes the connection."""
    connection.say(protocol.established(connection.socket_id))
    work = [asyncio.create_task(_read(websocket, connection))]
    if isinstance(connection.line, Outbox):
        work.append(asyncio.create_task(connection.line.send_all(websocket)))
    try:
        ends: set[asyncio.Future[Any]] = {*work, connection.closing}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub.remove(connection)
        for task in work:
            task.cancel()
        ended = await asyncio.gather(*work, return_exceptions=True)
    if not any(isinstance(end, WebSocketDisconnect) for end in ended):
        await _close(websocket, connection)


async def _close(websocket: WebSocket, connection: Connection) -> None:
    """A peer that does not read would let us wait, and another one has just left."""
    with suppress(TimeoutError, WebSocketDisconnect):
        async with asyncio.timeout(CLOSE_SECONDS):
            await websocket.close(
                connection.closing.result() if connection.closing.done() else 1000
            )


async def _read(websocket: WebSocket, connection: Connection) -> None:
    pace = Pace(FRAMES_A_SECOND)
    while not pace.is_broken_by():
        frame = await websocket.receive()
        if frame["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(frame.get("code", 1005))
        try:
            await _obey(connection, protocol.parse(frame.get("text") or ""))
        except protocol.Garbage:
            connection.close(protocol.NOT_UNDERSTOOD)
            return
    connection.close(protocol.FLOOD)


async def _obey(connection: Connection, command: protocol.Command) -> None:
    match command:
        case ("pusher:ping", _):
            connection.say(protocol.PONG)
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
    await sessions.check_if_old(connection)
    if connection.closing.done():
        return
    if channel in connection.allowed and protocol.is_signed(
        data.get("auth"), connection.socket_id, channel
    ):
        hub.subscribe(connection, channel)
        connection.say(protocol.subscribed(channel))
    else:
        connection.say(protocol.refused(channel[:200]))
