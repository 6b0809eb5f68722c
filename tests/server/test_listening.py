import select
import socket
from contextlib import suppress

import pytest

from educounsel.server.management.commands import serve
from educounsel.server.management.commands.serve import _listen_on


def test_a_connection_holds_no_part_of_an_answer_back() -> None:
    with (
        _listen_on(0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_who_reads_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "UNREAD_SECONDS", 1)
    with (
        _listen_on(0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        accepted.setblocking(False)
        with suppress(BlockingIOError):
            while accepted.send(b"x" * 65536):
                pass
        broken = select.poll()
        broken.register(accepted, 0)  # no event but an error
        assert broken.poll(20_000) != []
