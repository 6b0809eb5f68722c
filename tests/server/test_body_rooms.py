"""Where bodies lie while they come, how long they may, and what is full."""

import asyncio
import resource
import selectors
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from educounsel.server import bodies
from educounsel.server.bodies import WholeBodies
from educounsel.server.body_rooms import DISK, MOST_BYTES, ROOMS, UPLOADS, WORDS, Room

MEGABYTE = 2**20
FORM = b"x" * 64 * 1024
SCOPE = {"type": "http", "headers": [(b"transfer-encoding", b"chunked")]}


class Hurry(selectors.DefaultSelector):
    """Waits for nothing: the clock of its loop moves on instead."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        self.now += timeout or 0
        return super().select(0)


class Gate:
    """What the application heard of a body, what the browser did, and how many seconds it took."""

    def __init__(self, parts: list[bytes], pause: float = 0) -> None:
        self.heard, self.answers = b"", list[Message]()
        self._parts, self._pause = list(parts), pause
        hurry = Hurry()
        loop = asyncio.SelectorEventLoop(hurry)
        loop.time = lambda: hurry.now  # type: ignore[method-assign]
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(WholeBodies(self._hear)(SCOPE, self._receive, self._send))
        self.seconds = hurry.now

    async def _receive(self) -> Message:
        await asyncio.sleep(self._pause)
        part = self._parts.pop(0) if self._parts else b""
        return {"type": "http.request", "body": part, "more_body": bool(self._parts)}

    async def _hear(self, scope: Scope, receive: Receive, send: Send) -> None:
        more = True
        while more:
            message = await receive()
            self.heard += message["body"]
            more = message["more_body"]

    async def _send(self, message: Message) -> None:
        self.answers.append(message)

    @property
    def status(self) -> int:
        return self.answers[0]["status"] if self.answers else 200


@pytest.fixture(autouse=True)
def all_is_given_back() -> Iterator[None]:
    yield
    assert [room.taken for room in ROOMS] == [0, 0, 0]


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Of a file more than 100 kB are refused, half-way through what is written."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def full(monkeypatch: pytest.MonkeyPatch, *rooms: Room) -> None:
    for room in rooms:
        monkeypatch.setattr(room, "most", 0)


@pytest.mark.parametrize("rooms", [(), (WORDS,), (UPLOADS,), (WORDS, UPLOADS)])
def test_a_body_arrives_whole_wherever_it_lies(
    monkeypatch: pytest.MonkeyPatch, rooms: tuple[Room, ...]
) -> None:
    full(monkeypatch, *rooms)
    sent = [bytes([number]) * 30_000 for number in range(5)]
    gate = Gate(sent)
    assert (gate.heard, gate.status) == (b"".join(sent), 200)


def test_a_body_leaves_memory_once_there_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UPLOADS, "most", 100_000)
    sent = [bytes([number]) * 30_000 for number in range(5)]
    assert Gate(sent).heard == b"".join(sent)


def test_a_body_that_grows_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    full(monkeypatch, WORDS, DISK)
    monkeypatch.setattr(UPLOADS, "most", 150_000)
    assert len(Gate([b"x" * 30_000] * 5).heard) == 150_000
    assert Gate([b"x" * 30_000] * 5 + [b"x"]).status == 503


def test_no_upload_crowds_words_out(monkeypatch: pytest.MonkeyPatch, full_disk: None) -> None:
    full(monkeypatch, UPLOADS, DISK)
    assert Gate([FORM[:30_000], FORM[30_000:]]).heard == FORM
    assert Gate([FORM, b"x"]).status == 503


def test_words_that_fill_their_room_may_use_that_of_uploads(
    monkeypatch: pytest.MonkeyPatch, full_disk: None
) -> None:
    full(monkeypatch, WORDS, DISK)
    assert Gate([FORM]).heard == FORM


def test_bodies_do_not_fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    full(monkeypatch, UPLOADS)
    monkeypatch.setattr(DISK, "most", 3 * len(FORM))
    gate = Gate([FORM] * 4)
    assert (gate.heard, gate.status) == (b"", 503)


@pytest.mark.parametrize("in_memory", [0, 100_000], ids=["all to disk", "from memory to disk"])
@pytest.mark.parametrize("size", [1_000, 60_000])
def test_a_disk_that_is_full_is_said(
    monkeypatch: pytest.MonkeyPatch, full_disk: None, in_memory: int, size: int
) -> None:
    full(monkeypatch, WORDS)
    monkeypatch.setattr(UPLOADS, "most", in_memory)
    gate = Gate([b"x" * size] * 200)
    assert (gate.heard, gate.status) == (b"", 503)
    assert b"tulisanmu masih di sana" in gate.answers[1]["body"]


def test_a_disk_that_is_full_before_the_last_bytes_is_said(
    monkeypatch: pytest.MonkeyPatch, full_disk: None
) -> None:
    full(monkeypatch, WORDS, UPLOADS)
    assert Gate([b"x" * 99_900, b"x" * 500]).status == 503


def test_the_largest_form_from_a_slow_phone_have_time_enough() -> None:
    """100 kB/s, and a tunnel of a quarter of a minute after each 100 kB."""
    gate = Gate([b"x" * 100_000] * (MOST_BYTES // 100_000), pause=1 + 15)
    assert (gate.status, len(gate.heard)) == (200, MOST_BYTES // 100_000 * 100_000)
    assert gate.seconds > 30 * 60


def test_what_was_sent_fast_buys_a_minute_and_no_more() -> None:
    gate = Gate([b"x" * (MOST_BYTES - 100)] + [b"x"] * 99, pause=bodies.PAUSE_SECONDS - 1)
    assert gate.status == 408
    assert gate.seconds < bodies.PAUSE_SECONDS + bodies.AHEAD_SECONDS
