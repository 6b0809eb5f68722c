import asyncio

from educounsel.realtime.hub import QUEUE_CHARACTERS, QUEUE_LENGTH, Connection, Hub
from educounsel.realtime.protocol import TRY_AGAIN


def test_a_reader_that_does_not_read_is_let_go_and_others_are_served() -> None:
    async def scene() -> tuple[int, int]:
        hub, slow, quick = Hub(), Connection(1, "a", ()), Connection(2, "b", ())
        for connection in (slow, quick):
            hub.add(connection)
            hub.subscribe(connection, "kanal")
        for _ in range(QUEUE_LENGTH + 1):
            hub.deliver(["kanal"], "halo", {})
            quick.outbox.get_nowait()
        return slow.closing.result(), quick.closing.done()

    assert asyncio.run(scene()) == (TRY_AGAIN, False)


def test_many_large_frames_are_too_much_before_they_are_many() -> None:
    async def scene() -> tuple[int, bool]:
        slow = Connection(1, "a", ())
        slow.send("x" * (QUEUE_CHARACTERS // 2))
        slow.send("x" * (QUEUE_CHARACTERS // 2))
        still_there = not slow.closing.done()
        slow.send("x")
        return slow.closing.result(), still_there

    assert asyncio.run(scene()) == (TRY_AGAIN, True)


def test_a_removed_connection_leaves_nothing_behind() -> None:
    async def scene() -> Hub:
        hub, connection = Hub(), Connection(1, "a", ())
        hub.add(connection)
        hub.subscribe(connection, "kanal")
        hub.remove(connection)
        return hub

    hub = asyncio.run(scene())
    assert (hub.everybody(), hub._on_channel, hub._of_user) == ([], {}, {})
