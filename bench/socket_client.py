"""The load: many WebSockets in a process of their own, read as cheaply as can be.

It takes a command a line on stdin, as JSON, and answers with a line on stdout. Times are those of
time.perf_counter, which on one machine is the same clock in every process.
"""

import asyncio
import hashlib
import hmac
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from websockets.frames import Frame, Opcode

AT_ONCE = 50
PATIENCE_SECONDS = 60.0


def main() -> None:
    try:
        import uvloop  # type: ignore[import-not-found]

        uvloop.run(obey())
    except ImportError:
        asyncio.run(obey())


async def obey() -> None:
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader(limit=2**26)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    crowd = Crowd()
    while line := await commands.readline():
        command = json.loads(line)
        await getattr(crowd, command.pop("do"))(**command)


def answer(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


class Crowd:
    def __init__(self) -> None:
        self.sockets: list[Socket] = []
        self.missing = 0

    async def open(self, visits: list[dict[str, Any]]) -> None:
        self.sockets += await gather(visits, self._open)
        answer(opened=len(self.sockets))

    async def listen(self, count: int) -> None:
        """Answers twice: when it listens, and when the last of `count` frames is there."""
        self.missing = count
        answer(listening=count)

    def heard(self) -> None:
        self.missing -= 1
        if not self.missing:
            answer(last_at=time.perf_counter())

    async def cut(self) -> None:
        """As a network that is gone: without a word."""
        for one in self.sockets:
            one.transport.abort()
        self.sockets = []
        answer(cut=True)

    async def visit(self, visits: list[dict[str, Any]]) -> None:
        """Opens and closes one after the other, some at once."""

        async def come_and_go(visit: dict[str, Any]) -> None:
            one = await self._open(visit)
            one.say(Opcode.CLOSE, (1000).to_bytes(2))
            await one.gone.wait()

        await gather(visits, come_and_go)
        answer(visited=len(visits))

    async def _open(self, visit: dict[str, Any]) -> "Socket":
        loop = asyncio.get_running_loop()
        _, one = await loop.create_connection(
            lambda: Socket(self, visit), "127.0.0.1", visit["port"]
        )
        await asyncio.wait_for(one.ready.wait(), PATIENCE_SECONDS)
        return one


class Socket(asyncio.Protocol):
    """A handshake, the subscriptions of the Pusher protocol where there are any, then counting."""

    def __init__(self, crowd: Crowd, visit: dict[str, Any]) -> None:
        self.crowd, self.visit = crowd, visit
        self.channels: list[str] = visit.get("channels", [])
        self.greetings = 1 + len(self.channels) if self.channels else 0
        self.is_open, self.data = False, b""
        self.ready, self.gone = asyncio.Event(), asyncio.Event()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        lines = [
            f"GET {self.visit['path']} HTTP/1.1",
            f"Host: 127.0.0.1:{self.visit['port']}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
            *self.visit.get("headers", []),
        ]
        transport.write("\r\n".join([*lines, "", ""]).encode())

    def data_received(self, data: bytes) -> None:
        self.data += data
        if not self.is_open:
            head, end, self.data = self.data.partition(b"\r\n\r\n")
            if not end:
                self.data = head
                return
            assert b" 101 " in head, head
            self.is_open = True
            if not self.greetings:
                self.ready.set()
        self._read_frames()

    def _read_frames(self) -> None:
        while len(self.data) >= 2:
            length, start = self.data[1], 2
            if length == 126:
                length, start = int.from_bytes(self.data[2:4]), 4
            if len(self.data) < start + length:
                return
            opcode, payload = self.data[0] & 15, self.data[start : start + length]
            self.data = self.data[start + length :]
            self._hear(opcode, payload)

    def _hear(self, opcode: int, payload: bytes) -> None:
        if opcode == Opcode.PING:
            self.say(Opcode.PONG, payload)
        elif opcode == Opcode.TEXT and self.greetings:
            self._subscribe(payload)
        elif opcode == Opcode.TEXT:
            self.crowd.heard()

    def _subscribe(self, payload: bytes) -> None:
        """The first greeting names the socket; each subscription answers with one more."""
        if self.greetings == 1 + len(self.channels):
            socket_id = json.loads(json.loads(payload)["data"])["socket_id"]
            for channel in self.channels:
                data = {"channel": channel, "auth": self._sign(f"{socket_id}:{channel}")}
                self.say(
                    Opcode.TEXT, json.dumps({"event": "pusher:subscribe", "data": data}).encode()
                )
        self.greetings -= 1
        if not self.greetings:
            self.ready.set()

    def _sign(self, words: str) -> str:
        secret = self.visit["secret"].encode()
        return f"{self.visit['key']}:{hmac.new(secret, words.encode(), hashlib.sha256).hexdigest()}"

    def say(self, opcode: Opcode, payload: bytes) -> None:
        self.transport.write(Frame(opcode, payload).serialize(mask=True))

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone.set()


async def gather[T, R](things: list[T], work: Callable[[T], Awaitable[R]]) -> list[R]:
    """AT_ONCE at a time."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(thing: T) -> R:
        async with turn:
            return await work(thing)

    return list(await asyncio.gather(*(one(thing) for thing in things)))


if __name__ == "__main__":
    main()
