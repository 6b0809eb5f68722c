"""uvicorn's WebSocket protocol with a line of our own, and an end to what a peer can keep alive.

What uvicorn does for one socket (make the frame, copy it, wait) it does again for each of two
thousand. Here a frame that was made once is written to each. The application finds this line among
the ASGI extensions, and does without it under another server (socket.py).
"""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from educounsel.realtime.lines import EXTENSION, MOST_WAITING_BYTES, Message
from educounsel.realtime.pace import Pace
from educounsel.realtime.protocol import FLOOD

# A person's page sends some hundred bytes a minute. Pings count here that no application sees.
MOST_BYTES_A_SECOND = 24 * 1024
FAREWELL_SECONDS = 1.0
LINGER_SECONDS = 5.0


class SocketProtocol(WebSocketsSansIOProtocol):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._pace = Pace(MOST_BYTES_A_SECOND)
        self._is_deaf = False
        self._last_moment: asyncio.TimerHandle | None = None

    async def run_asgi(self) -> None:
        self.scope["extensions"][EXTENSION] = {"line": self}
        await super().run_asgi()
        # Closing waits until the peer has read what is written: one that never reads would stay.
        if not self.disconnected:
            self._last_moment = self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def put(self, message: Message) -> bool:
        """The transport itself is the bounded queue. What is closing hears nothing more."""
        if self.conn.state is not State.OPEN or self.transport.is_closing():
            return True
        if self.transport.get_write_buffer_size() > MOST_WAITING_BYTES:
            return False
        self.transport.write(message.frame)
        return True

    def data_received(self, data: bytes) -> None:
        if self._is_deaf:
            return
        is_flood = self._pace.is_broken_by(len(data))
        # Of a flood enough is read to know a frame that is too long by its head.
        super().data_received(data[:1024] if is_flood else data)
        if is_flood and self.conn.state is State.OPEN:
            self.conn.fail(FLOOD)
            self.handle_parser_exception()

    def handle_parser_exception(self) -> None:
        """The peer may still be sending. Closed at once, its network would lose the close code."""
        self._is_deaf = self.close_sent = True
        code = self.conn.close_sent.code if self.conn.close_sent else 1006
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.resume_reading()
        self.close_timer = self.loop.call_later(FAREWELL_SECONDS, self.transport.close)

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._last_moment:
            self._last_moment.cancel()
