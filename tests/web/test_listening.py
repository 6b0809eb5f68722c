import socket

from educounsel.web.management.commands.serve import _listen_on


def test_a_connection_holds_no_part_of_an_answer_back() -> None:
    with (
        _listen_on(0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
