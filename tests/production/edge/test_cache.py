"""What is kept at the edge, and what a reader sees while the bucket is away."""

import os
import time
from collections.abc import Callable, Iterator

import pytest

from deploy.rehearsal.seaweed import Seaweed
from educounsel.web.files import S3Files, _disposition
from tests.production.edge.conftest import Put, Reader

MEGABYTE = 2**20
BYTES = 2 * MEGABYTE + 345_678


@pytest.fixture(scope="session")
def data() -> bytes:
    return os.urandom(BYTES)


@pytest.fixture
def name(put: Put, data: bytes) -> str:
    return put(data)


def test_one_copy_serves_everybody_who_was_let_in(
    reader: Reader, storage: S3Files, name: str, data: bytes
) -> None:
    link, others = storage.link(name, 1, "inline"), str(storage.url(name, expire=3000))
    answers = [reader.get(each) for each in (link, link, others)]
    assert [each.cache for each in answers] == ["MISS", "HIT", "HIT"]
    assert all(each.body == data for each in answers)


@pytest.mark.parametrize("is_cached", [False, True])
@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("0-0", 0, 1),
        ("100-65635", 100, 65_636),
        (f"{MEGABYTE - 1}-{MEGABYTE}", MEGABYTE - 1, MEGABYTE + 1),
        (f"1000-{2 * MEGABYTE + 10}", 1000, 2 * MEGABYTE + 11),
        ("-7", BYTES - 7, BYTES),
        (f"{2 * MEGABYTE}-", 2 * MEGABYTE, BYTES),
        (f"{MEGABYTE}-99999999", MEGABYTE, BYTES),
    ],
)
def test_a_range_has_the_same_bytes_over_every_seam(
    *, reader: Reader, storage: S3Files, name: str, data: bytes,
    asked: str, start: int, end: int, is_cached: bool,
) -> None:  # fmt: skip
    link = storage.link(name, 1, "inline")
    if is_cached:
        reader.get(link)
    answer = reader.get(link, Range=f"bytes={asked}")
    assert (answer.status, answer.body == data[start:end]) == (206, True)
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{BYTES}"


def test_a_range_beyond_the_end_is_told_so(reader: Reader, storage: S3Files, name: str) -> None:
    answer = reader.get(storage.link(name, 1, "inline"), Range=f"bytes={5 * MEGABYTE}-")
    assert (answer.status, b"<Error>" in answer.body) == (416, False)


def test_the_head_of_a_file_is_asked_without_its_body(
    reader: Reader, storage: S3Files, name: str
) -> None:
    answer = reader.send("HEAD", storage.link(name, 1, "inline"))
    assert (answer.status, answer.headers["Content-Length"]) == (200, str(BYTES))
    assert answer.body == b""


def test_a_file_that_is_not_there_is_told_without_the_buckets_words(
    reader: Reader, storage: S3Files, seaweed: Seaweed
) -> None:
    answer = reader.get(storage.link("materi/none.pdf", 1, "inline"))
    assert (answer.status, answer.cache) == (404, None)
    assert seaweed.bucket not in answer.body.decode()


# --- What a download is called ------------------------------------------------------------------


def test_each_reader_gets_the_name_that_was_asked(
    reader: Reader, storage: S3Files, name: str
) -> None:
    asked = ["inline", _disposition("Ujian & cemas.pdf"), _disposition("Sá.pdf")]
    answers = [reader.get(storage.link(name, 1, each)) for each in asked]
    assert [each.headers["Content-Disposition"] for each in answers] == asked
    assert [each.cache for each in answers] == ["MISS", "HIT", "HIT"]


@pytest.mark.parametrize(
    "asked", ["inline\r\nSet-Cookie: a=b", "inline\nX: y", "x\0", "café", "\x7f", ""]
)
def test_no_name_writes_another_header(
    reader: Reader, storage: S3Files, name: str, asked: str
) -> None:
    answer = reader.get(storage.link(name, 1, asked))
    assert (answer.status, answer.headers["Content-Disposition"]) == (200, "attachment")
    assert (answer.headers["Set-Cookie"], answer.headers["X"]) == (None, None)


def test_a_file_runs_nothing_and_is_kept_by_its_reader_alone(
    reader: Reader, storage: S3Files, name: str
) -> None:
    headers = reader.get(storage.link(name, 1, "inline")).headers
    said = {
        "Cache-Control": "private, max-age=300",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    assert {header: headers.get_all(header) for header in said} == {
        header: [value] for header, value in said.items()
    }
    assert not [header for header in headers if "amz" in header.lower()]


# --- The bucket is away -------------------------------------------------------------------------


@pytest.fixture
def _back_afterwards(seaweed: Seaweed) -> Iterator[None]:
    yield
    if seaweed.is_running():
        seaweed.thaw()
    else:
        seaweed.start()


@pytest.mark.usefixtures("_back_afterwards")
@pytest.mark.parametrize("take_away", [Seaweed.freeze, Seaweed.kill])
def test_without_the_bucket_what_is_cached_is_read_on_and_the_rest_is_refused_soon(
    seaweed: Seaweed, reader: Reader, storage: S3Files, name: str, data: bytes,
    take_away: Callable[[Seaweed], None],
) -> None:  # fmt: skip
    link = storage.link(name, 1, "inline")
    assert reader.get(link).body == data
    missing = storage.link("materi/never-read.pdf", 1, "inline")
    take_away(seaweed)
    began = time.monotonic()
    refused = reader.get(missing)
    assert time.monotonic() - began < 3  # a limit of the edge's own, not a speed
    assert (refused.status, refused.headers["Retry-After"]) == (503, "10")
    assert "belum bisa diambil" in refused.body.decode()
    while (again := reader.get(link)).cache == "HIT":
        assert again.body == data
    assert (again.status, again.body == data) == (200, True)  # no longer fresh, but there
    across = reader.get(link, Range=f"bytes={MEGABYTE - 5}-{MEGABYTE + 4}")
    assert across.body == data[MEGABYTE - 5 : MEGABYTE + 5]
    assert reader.get(link.partition("?")[0]).status == 403
