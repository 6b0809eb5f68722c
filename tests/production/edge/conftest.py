"""A real nginx before a real SeaweedFS, and behind it processes that say what they were asked."""

import http.client
import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from deploy.rehearsal.edge import Edge
from deploy.rehearsal.keys import LinkKey
from deploy.rehearsal.seaweed import Seaweed
from deploy.rehearsal.service import HOST, free_port
from educounsel.web.files import S3Files
from tests.production.edge.behind import Behind, behind

type Put = Callable[[bytes], str]


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def cache(self) -> str | None:
        return self.headers["X-Cache"]


@dataclass
class Reader:
    """Sends an address to the letter: no client that would set it right meanwhile."""

    edge: Edge

    def get(self, address: str, /, **headers: str) -> Answer:
        return self.send("GET", address, **headers)

    def send(self, method: str, address: str, content: bytes = b"", /, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = self.connection()
        connection.request(method, target_of(address), body=content or None, headers=named)
        answer = connection.getresponse()
        read = Answer(answer.status, answer.headers, answer.read())
        connection.close()
        return read

    def connection(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(HOST, self.edge.port, context=self.trust(), timeout=20)

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.edge.certificate))


def target_of(address: str) -> str:
    """As it is, where it is one already: "//x" would be read as a host."""
    if address.startswith("/"):
        return address
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


first = pytest.fixture(behind, name="first")
second = pytest.fixture(behind, name="second")


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    seaweed = Seaweed(tmp_path_factory.mktemp("seaweed"), free_port())
    seaweed.start()
    yield seaweed
    seaweed.kill()


@pytest.fixture(scope="session")
def link_key(tmp_path_factory: pytest.TempPathFactory) -> LinkKey:
    return LinkKey(tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="session")
def edge(
    seaweed: Seaweed, link_key: LinkKey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Edge]:
    edge = Edge(
        tmp_path_factory.mktemp("edge"),
        free_port(),
        seaweed.account("edge"),
        {link_key.id: link_key.public},
        fresh="1s",
    )
    edge.applications = [free_port()]  # nobody, until a test says who
    edge.start()
    yield edge
    edge.stop()


@pytest.fixture
def reader(edge: Edge) -> Reader:
    return Reader(edge)


@pytest.fixture
def storage(seaweed: Seaweed, edge: Edge, link_key: LinkKey) -> S3Files:
    """The application's own, as its settings make it from the environment."""
    return storage_of(seaweed, edge.domain, link_key)


def storage_of(seaweed: Seaweed, domain: str | None, key: LinkKey, key_id: str = "") -> S3Files:
    found: dict[str, object] = {
        "bucket_name": seaweed.bucket,
        "endpoint_url": seaweed.endpoint,
        "access_key": seaweed.access_key,
        "secret_key": seaweed.secret_key,
        "custom_domain": domain,
        "cloudfront_key_id": key_id or key.id,
        "cloudfront_key": key.private,
    }
    return S3Files(**cast(dict[str, object], settings.S3_FILES["OPTIONS"]) | found)


@pytest.fixture
def put(storage: S3Files, tmp_path: Path) -> Put:
    """Uploads a file; its name."""

    def upload(data: bytes) -> str:
        return str(storage.save(f"materi/{tmp_path.name}.pdf", ContentFile(data)))

    return upload


@pytest.fixture
def alone(edge: Edge, first: Behind) -> Behind:
    edge.reload([first.port])
    return first


def said(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer.body
    return dict(json.loads(answer.body))
