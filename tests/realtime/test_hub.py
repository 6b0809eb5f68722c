import asyncio
from collections.abc import Coroutine
from typing import Any

from educounsel.realtime.hub import AT_A_STRETCH, Connection, Hub
from educounsel.realtime.lines import (
    MOST_WAITING_BYTES,
    MOST_WAITING_MESSAGES,
    Line,
    Message,
    Outbox,
)
from educounsel.realtime.protocol import TRY_AGAIN
from tests.figures import figure


class Ear:
    """A reader that keeps all it hears."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def put(self, message: Message) -> bool:
        self.heard.append(message.frame)
        return True


def listener(hub: Hub, number: int, line: Line) -> Connection:
    connection = Connection(number, "a", (), line, 0)
    hub.add(connection)
    hub.subscribe(connection, "kanal")
    return connection


def played[T](scene: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(scene)


def test_a_reader_that_does_not_read_is_let_go_and_others_are_served() -> None:
    async def scene() -> tuple[int, int]:
        hub, ear = Hub(), Ear()
        slow = listener(hub, 1, Outbox())
        listener(hub, 2, ear)
        for _ in range(MOST_WAITING_MESSAGES + 1):
            await hub.deliver(["kanal"], "halo", {})
        return slow.closing.result(), len(ear.heard)

    assert played(scene()) == (TRY_AGAIN, MOST_WAITING_MESSAGES + 1)


def test_many_large_frames_are_too_much_before_they_are_many() -> None:
    async def scene() -> tuple[int, bool]:
        slow = Connection(1, "a", (), Outbox(), 0)
        slow.say("x" * (MOST_WAITING_BYTES // 2 - 10))
        slow.say("x" * (MOST_WAITING_BYTES // 2 - 10))
        still_there = not slow.closing.done()
        slow.say("x" * 20)
        return slow.closing.result(), still_there

    assert played(scene()) == (TRY_AGAIN, True)


def test_the_frame_is_made_once_for_all() -> None:
    async def scene() -> tuple[bytes, bytes]:
        hub, ears = Hub(), [Ear(), Ear()]
        for number, ear in enumerate(ears):
            listener(hub, number, ear)
        await hub.deliver(["kanal"], "halo", {"kata": "é"})
        (first,), (second,) = (ear.heard for ear in ears)
        return first, second

    first, second = played(scene())
    assert first is second


def test_who_is_being_closed_hears_nothing_more() -> None:
    async def scene() -> list[bytes]:
        hub, ear = Hub(), Ear()
        listener(hub, 1, ear).close(TRY_AGAIN)
        await hub.deliver(["kanal"], "halo", {})
        return ear.heard

    assert played(scene()) == []


def test_others_have_their_turn_while_many_are_told() -> None:
    async def scene() -> int:
        hub, ear = Hub(), Ear()
        for number in range(AT_A_STRETCH * 2):
            listener(hub, number, ear)
        telling = asyncio.create_task(hub.deliver(["kanal"], "halo", {}))
        await asyncio.sleep(0)
        heard = len(ear.heard)
        await telling
        return heard

    assert played(scene()) == AT_A_STRETCH


def test_a_removed_connection_leaves_nothing_behind() -> None:
    async def scene() -> Hub:
        hub = Hub()
        hub.remove(listener(hub, 1, Outbox()))
        return hub

    hub = played(scene())
    assert (hub.everybody(), hub._on_channel, hub._of_user) == ([], {}, {})


def test_open_sockets_are_counted() -> None:
    hub, before = Hub(), figure("educounsel_sockets")

    async def scene() -> tuple[float, float]:
        open_one = listener(hub, 1, Ear())
        during = figure("educounsel_sockets")
        hub.remove(open_one)
        return during, figure("educounsel_sockets")

    assert played(scene()) == (before + 1, before)
