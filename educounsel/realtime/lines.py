"""The way to one reader. It is bounded: who does not read is let go, and later catches up."""

import asyncio
from functools import cached_property
from typing import Protocol

from starlette.websockets import WebSocket
from websockets.frames import Frame, Opcode

EXTENSION = "educounsel.line"  # where a server names its own among the ASGI extensions
MOST_WAITING_BYTES = 256 * 1024
MOST_WAITING_MESSAGES = 100


class Message:
    """What is said, and its frame on the network: made once, however many hear it."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def frame(self) -> bytes:
        return Frame(Opcode.TEXT, self.text.encode()).serialize(mask=False)


class Line(Protocol):
    def put(self, message: Message) -> bool:
        """Returns at once; False when too much waits for this reader already."""


class Outbox:
    """The line where the server takes nothing but ASGI's own messages, one after the other."""

    def __init__(self) -> None:
        self._messages: asyncio.Queue[Message] = asyncio.Queue(MOST_WAITING_MESSAGES)
        self._waiting_bytes = 0

    def put(self, message: Message) -> bool:
        more = self._waiting_bytes + len(message.frame)
        if self._messages.full() or more > MOST_WAITING_BYTES:
            return False
        self._messages.put_nowait(message)
        self._waiting_bytes = more
        return True

    async def send_all(self, websocket: WebSocket) -> None:
        """Runs until cancelled, or until the socket is gone."""
        while True:
            message = await self._messages.get()
            self._waiting_bytes -= len(message.frame)
            await websocket.send_text(message.text)
