"""Who sends too much, or too slowly, harms nobody else."""

import socket
import ssl
from contextlib import ExitStack

from deploy.rehearsal.service import HOST
from tests.production.edge.behind import Behind
from tests.production.edge.conftest import Reader, said

MEGABYTE = 2**20


def test_a_body_of_twelve_megabytes_comes_through(reader: Reader, alone: Behind) -> None:
    assert said(reader.send("POST", "/", b"x" * 12 * MEGABYTE))["bytes"] == 12 * MEGABYTE


def test_a_larger_body_is_refused_in_words(reader: Reader, alone: Behind) -> None:
    connection = reader.connection()
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", str(12 * MEGABYTE + 1))
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, "lebih besar dari 12 MB" in answer.read().decode()) == (413, True)
    assert alone.asked == []


def test_a_larger_body_of_unknown_length_is_refused(reader: Reader, alone: Behind) -> None:
    connection = reader.connection()
    try:
        connection.request("POST", "/", iter([b"x" * MEGABYTE] * 13), encode_chunked=True)
    except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
        pass  # refused while it was still sending
    else:
        assert connection.getresponse().status == 413
    assert alone.asked == []


def test_headers_that_are_too_large_are_refused_in_words(reader: Reader, alone: Behind) -> None:
    answer = reader.get("/", Cookie="x" * 9000)
    assert (answer.status, "Hapus kuki" in answer.body.decode()) == (431, True)
    assert reader.get(f"/?{'x' * 9000}").status == 414
    assert alone.asked == []


def test_many_slow_readers_keep_nobody_waiting(reader: Reader, alone: Behind) -> None:
    with ExitStack() as slow:
        for number in range(500):
            connection = slow.enter_context(socket.create_connection((HOST, reader.edge.port)))
            if number % 5 == 0:  # some got as far as half a body
                wrapped = slow.enter_context(_trusting(connection, reader))
                head = (
                    f"POST / HTTP/1.1\r\nHost: {reader.edge.domain}\r\nContent-Length: 999\r\n\r\nx"
                )
                wrapped.sendall(head.encode())
        assert said(reader.get("/"))["X-Forwarded-For"] == HOST
        assert len(alone.asked) == 1


def _trusting(connection: socket.socket, reader: Reader) -> ssl.SSLSocket:
    return reader.trust().wrap_socket(connection, server_hostname=HOST)
