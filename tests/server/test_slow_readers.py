"""Who reads slowly, or not at all, keeps nobody else waiting."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import httpx2
import pytest
from django.conf import settings

from tests.flows.server import Server
from tests.server.conftest import head

# More of each than the kernel keeps for one connection.
TIMES = 40
# By then the answers of all of them have begun.
VISITS = 30


@pytest.fixture
def large(served: Server) -> str:
    """The address of the largest static file."""
    root = served.data / "static"
    files = [
        path for path in root.rglob("*") if path.is_file() and path.suffix not in (".gz", ".br")
    ]
    return "/static/" + str(max(files, key=lambda path: path.stat().st_size).relative_to(root))


@pytest.fixture
def lazy(served: Server) -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def ask_and_not_read(served: Server, opened: ExitStack, address: str) -> None:
    connection = opened.enter_context(socket.socket())
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.connect(("127.0.0.1", served.port))
    connection.sendall(head(f"GET {address}") * TIMES)


def test_readers_that_do_not_read_hold_no_page_thread(
    served: Server, lazy: ExitStack, large: str
) -> None:
    for _ in range(2 * settings.WEB_THREADS):
        ask_and_not_read(served, lazy, large)
    for _ in range(VISITS):
        assert httpx2.get(f"{served.url}/login", timeout=20).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status", "length"),
    [
        ({}, 200, None),
        ({"Range": "bytes=10-19"}, 206, 10),
        ({"Range": "bytes=99999999-"}, 416, 0),
        ({"Range": "bytes=99999999-99999999"}, 416, 0),
        ({"Range": "bytes=0-0"}, 200, None),
        ({"Range": "bytes=-1"}, 200, None),
        ({"If-None-Match": "its own"}, 304, 0),
    ],
)
def test_a_static_file_is_answered_as_its_reader_asks(
    served: Server, large: str, headers: dict[str, str], status: int, length: int | None
) -> None:
    whole = httpx2.get(served.url + large)
    if "If-None-Match" in headers:
        headers = {"If-None-Match": whole.headers["ETag"]}
    answer = httpx2.get(served.url + large, headers=headers | {"Accept-Encoding": "identity"})
    assert answer.status_code == status
    assert len(answer.content) == (len(whole.content) if length is None else length)
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_hashed_file_is_kept_for_a_year_and_comes_compressed(served: Server) -> None:
    page = httpx2.get(f"{served.url}/login").text
    address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    style = httpx2.get(served.url + address, headers={"Accept-Encoding": "gzip"})
    kept = style.headers["Cache-Control"], style.headers["Content-Encoding"]
    assert kept == ("max-age=315360000, public, immutable", "gzip")
    assert style.headers["X-Content-Type-Options"] == "nosniff"
    assert httpx2.head(served.url + address).content == b""


def test_what_is_no_static_file_gets_the_page_for_it(served: Server) -> None:
    missing = httpx2.get(f"{served.url}/static/none.css")
    assert (missing.status_code, "Halaman ini tidak ada" in missing.text) == (404, True)
    posted = httpx2.post(f"{served.url}/static/web/css/app.css", headers={"Content-Length": "0"})
    assert posted.status_code == 405
