"""What the edge does between a reader and the application's processes."""

import json
import os
import socket
import ssl
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from threading import Thread
from typing import Any

import pytest
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve

from deploy.rehearsal.edge import Edge
from deploy.rehearsal.service import HOST
from tests.production.edge.behind import Behind
from tests.production.edge.conftest import Reader, said

# --- What the application is told of a reader ---------------------------------------------------


def test_what_a_reader_says_of_itself_is_not_passed_on(reader: Reader, alone: Behind) -> None:
    lies = {
        "X_Forwarded_For": "10.0.0.1",
        "X_Forwarded_Proto": "http",
        "X_Forwarded_Host": "evil.example",
        "X_Real_IP": "10.0.0.1",
        "Forwarded": "for=10.0.0.1",
        "X_Request_ID": "chosen-by-a-stranger",
    }
    heard = said(reader.get("/", **lies))
    assert heard["X-Forwarded-For"] == HOST
    assert heard["X-Forwarded-Proto"] == "https"
    assert heard["X-Forwarded-Host"] == heard["Host"] == reader.edge.domain
    assert heard["X-Request-ID"] != "chosen-by-a-stranger"
    assert not {"Forwarded", "X-Real-IP", "X-Forwarded-Port"} & set(heard)


def test_a_request_has_one_id_for_reader_application_and_log(reader: Reader, alone: Behind) -> None:
    answer = reader.get("/")
    given = said(answer)["X-Request-ID"]
    assert answer.headers.get_all("X-Request-ID") == [given]
    assert logged(reader, given)["status"] == 200


def logged(reader: Reader, request: str) -> dict[str, Any]:
    """Its line, which is written once it is answered."""
    while True:
        for line in (reader.edge.folder / "access.log").read_text().splitlines():
            if request in line:
                return dict(json.loads(line))
        time.sleep(0.02)


def test_no_address_stands_in_the_log(reader: Reader, alone: Behind) -> None:
    line = logged(reader, said(reader.get("/cari-saja?q=rahasia"))["X-Request-ID"])
    assert "rahasia" not in str(line)
    assert "rahasia" not in reader.edge.log.read_text()


@pytest.mark.parametrize(
    "address",
    ["/metrics", "/healthz", "/readyz", "//metrics", "/x/../readyz", "/%6detrics", "/metrics?a=b"],
)
def test_the_servers_own_addresses_are_not_outside(
    reader: Reader, alone: Behind, address: str
) -> None:
    assert reader.get(address).status == 404
    assert alone.asked == []


@pytest.mark.parametrize("address", ["/edge/link", "/edge/page"])
def test_the_edges_own_addresses_are_not_outside(
    reader: Reader, alone: Behind, address: str
) -> None:
    assert reader.get(address).status == 404


# --- Static files, sockets, TLS -----------------------------------------------------------------


def test_a_static_file_is_asked_once(reader: Reader, alone: Behind) -> None:
    address = f"/static/app.{os.urandom(6).hex()}.css"
    ids = {reader.get(each).headers["X-Request-ID"] for each in (address, f"{address}?x", address)}
    assert (len(alone.asked), len(ids)) == (1, 3)


@pytest.fixture
def echo(edge: Edge) -> Iterator[None]:
    def repeat(socket: ServerConnection) -> None:
        for message in socket:
            socket.send(message)

    with serve(repeat, HOST, 0) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        edge.reload([server.socket.getsockname()[1]])
        yield
        server.shutdown()


@pytest.mark.usefixtures("echo")
def test_a_socket_comes_through(reader: Reader) -> None:
    address = f"wss://{reader.edge.domain}/app/educounsel?protocol=7"
    with connect(address, ssl=reader.trust()) as phone:
        phone.send("ping")
        assert phone.recv(timeout=10) == "ping"


def test_another_upgrade_than_a_socket_is_none(reader: Reader, alone: Behind) -> None:
    heard = said(reader.get("/", Upgrade="h2c", Connection="Upgrade, HTTP2-Settings"))
    assert (heard.get("Upgrade"), heard["Connection"]) == (None, "close")


def test_without_tls_one_is_sent_to_tls_of_this_name(edge: Edge) -> None:
    connection = HTTPConnection(HOST, edge.plain_port, timeout=10)
    connection.request("GET", "/login?a=b", headers={"Host": "evil.example"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (
        301,
        f"https://{edge.domain}/login?a=b",
    )


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls_is_refused(reader: Reader, version: ssl.TLSVersion) -> None:
    trust = reader.trust()
    trust.set_ciphers("ALL:@SECLEVEL=0")
    trust.minimum_version = trust.maximum_version = version
    with (
        socket.create_connection((HOST, reader.edge.port)) as connection,
        pytest.raises((ssl.SSLError, ConnectionResetError)),
    ):
        trust.wrap_socket(connection, server_hostname=HOST)
