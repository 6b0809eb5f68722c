"""The sockets of this process. Only the event loop's thread touches them."""

import asyncio
import secrets
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from prometheus_client import Gauge

from educounsel.realtime import protocol
from educounsel.realtime.lines import Line, Message
from educounsel.realtime.protocol import TRY_AGAIN

SOCKETS_A_PERSON = 5
# Writing to as many takes a few ms; then everybody else has their turn.
AT_A_STRETCH = 250
SOCKETS = Gauge("educounsel_sockets", "Open sockets of this process")


@dataclass(eq=False)
class Connection:
    """One open socket, and the code it will close with."""

    user_id: int
    session_key: str
    allowed: tuple[str, ...]  # the channels that this person may hear
    line: Line
    standing: int  # of the person, when the socket opened (sessions.py)
    socket_id: str = field(
        default_factory=lambda: f"{secrets.randbelow(10**9)}.{secrets.randbelow(10**9)}"
    )
    channels: set[str] = field(default_factory=set)
    checked_at: float = field(default_factory=time.monotonic)  # when its session last held
    closing: asyncio.Future[int] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def say(self, text: str) -> None:
        self.send(Message(text))

    def send(self, message: Message) -> None:
        """A reader that does not read loses its socket, and asks again for what it missed."""
        if not self.closing.done() and not self.line.put(message):
            self.close(TRY_AGAIN)

    def close(self, code: int) -> None:
        if not self.closing.done():
            self.closing.set_result(code)


class Hub:
    def __init__(self) -> None:
        self._of_user: defaultdict[int, set[Connection]] = defaultdict(set)
        self._on_channel: defaultdict[str, set[Connection]] = defaultdict(set)

    def add(self, connection: Connection) -> bool:
        """False when the person has as many sockets as one person needs."""
        if len(self._of_user[connection.user_id]) >= SOCKETS_A_PERSON:
            return False
        self._of_user[connection.user_id].add(connection)
        SOCKETS.inc()
        return True

    def remove(self, connection: Connection) -> None:
        for channel in list(connection.channels):
            self.unsubscribe(connection, channel)
        self._of_user[connection.user_id].discard(connection)
        if not self._of_user[connection.user_id]:
            del self._of_user[connection.user_id]
        SOCKETS.dec()

    def subscribe(self, connection: Connection, channel: str) -> None:
        connection.channels.add(channel)
        self._on_channel[channel].add(connection)

    def unsubscribe(self, connection: Connection, channel: str) -> None:
        connection.channels.discard(channel)
        self._on_channel[channel].discard(connection)
        if not self._on_channel[channel]:
            del self._on_channel[channel]

    async def deliver(self, channels: list[str], name: str, data: dict[str, Any]) -> None:
        """Each channel's frame is made once, and only where somebody listens."""
        for channel in channels:
            if listeners := self._on_channel.get(channel):
                message = Message(protocol.event(name, data, channel))
                for some in batched(tuple(listeners), AT_A_STRETCH):
                    for connection in some:
                        connection.send(message)
                    await asyncio.sleep(0)

    def of_user(self, user_id: int) -> list[Connection]:
        return list(self._of_user.get(user_id, ()))

    def everybody(self) -> list[Connection]:
        return [connection for group in self._of_user.values() for connection in group]


hub = Hub()
