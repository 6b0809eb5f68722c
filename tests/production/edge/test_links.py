"""Who may read a file is decided by the signature, on every request, cached or not."""

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from deploy.rehearsal.edge import Edge
from deploy.rehearsal.keys import LinkKey
from deploy.rehearsal.seaweed import Seaweed
from educounsel.web.files import S3Files
from tests.production.edge.conftest import Put, Reader, storage_of

DATA = b"%PDF-1.7 only for one"
SOON, PAST = timedelta(minutes=5), timedelta(minutes=-5)


@pytest.fixture
def cached(put: Put, storage: S3Files, reader: Reader) -> str:
    """A good link to a file that is in the cache."""
    link = storage.link(put(DATA), 1, "inline")
    assert reader.get(link).body == DATA
    return link


def _unsigned(link: str) -> str:
    return link.partition("?")[0]


def _without_signature(link: str) -> str:
    return re.sub(r"&Signature=[^&]*", "", link)


def _longer(link: str) -> str:
    return re.sub(r"Expires=(\d+)", lambda found: f"Expires={int(found[1]) + 3600}", link)


def _altered(link: str) -> str:
    return re.sub(r"Signature=(.)", lambda f: f"Signature={'B' if f[1] == 'A' else 'A'}", link)


def _policy_beside(link: str) -> str:
    policy = base64.b64encode(b'{"Statement":[{"Resource":"*"}]}').decode().replace("=", "_")
    return f"{link}&Policy={policy}"


@pytest.mark.parametrize(
    "broken",
    [
        _unsigned,
        _without_signature,
        _longer,
        _altered,
        _policy_beside,
        lambda link: link.replace(".pdf?", "2.pdf?"),
        lambda link: link.replace("/materi/", "/materi/../materi/"),
        lambda link: link.replace("/materi/", "/%6Dateri/"),
        lambda link: link.replace("disposition=inline", "disposition=attachment"),
        lambda link: f"{link}&versionId=1",
        lambda link: f"{link}&Expires=9999999999",
        lambda link: link.replace("Key-Pair-Id=", "Key-Pair-Id=X"),
        lambda link: re.sub(r"Key-Pair-Id=\w+", "Key-Pair-Id=toString", link),
        lambda link: re.sub(r"Key-Pair-Id=\w+", "Key-Pair-Id=__proto__", link),
        lambda link: re.sub(r"Signature=[^&]*", "Signature=", link),
        lambda link: re.sub(r"Signature=[^&]*", "Signature=%00", link),
    ],
)
def test_a_link_that_was_changed_opens_nothing(
    reader: Reader, cached: str, broken: Callable[[str], str]
) -> None:
    changed = broken(cached)
    assert changed != cached
    answer = reader.get(changed)
    assert (answer.status, DATA in answer.body) == (403, False)
    assert "Buka lagi dari halamannya" in answer.body.decode()


def test_a_link_opens_nothing_under_another_host(reader: Reader, cached: str) -> None:
    assert reader.get(cached, Host="localhost:1").status == 403


def test_an_old_link_opens_nothing(reader: Reader, storage: S3Files, put: Put) -> None:
    assert reader.get(str(storage.url(put(DATA), expire=-2))).status == 403


def test_another_key_opens_nothing(
    reader: Reader, seaweed: Seaweed, edge: Edge, put: Put, tmp_path: Path
) -> None:
    others = storage_of(seaweed, edge.domain, LinkKey(tmp_path))
    assert reader.get(others.link(put(DATA), 1, "inline")).status == 403


def test_an_unknown_key_id_opens_nothing(
    reader: Reader, seaweed: Seaweed, edge: Edge, link_key: LinkKey, put: Put
) -> None:
    unknown = storage_of(seaweed, edge.domain, link_key, key_id="K2SOMEBODYELSE")
    assert reader.get(unknown.link(put(DATA), 1, "inline")).status == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_link_only_reads(reader: Reader, cached: str, method: str) -> None:
    assert reader.send(method, cached).status == 405


# --- Policies of many files, times and places ---------------------------------------------------


@pytest.fixture
def signer(link_key: LinkKey) -> CloudFrontSigner:
    key = serialization.load_pem_private_key(link_key.private.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return CloudFrontSigner(
        link_key.id, lambda text: key.sign(text, padding.PKCS1v15(), hashes.SHA1())
    )


@pytest.mark.parametrize(
    ("folder", "times", "network", "status"),
    [
        ("materi", (None, SOON), None, 200),
        ("materi", (PAST, SOON), "127.0.0.0/8", 200),
        ("materi", (PAST, SOON), "0.0.0.0/0", 200),
        ("cases", (None, SOON), None, 403),
        ("materi", (None, PAST), None, 403),
        ("materi", (SOON, SOON * 2), None, 403),
        ("materi", (None, SOON), "10.0.0.0/8", 403),
        ("materi", (None, SOON), "127.0.0.2", 403),
        ("materi", (None, SOON), "127.0.0.1/x", 403),
    ],
)
def test_a_policy_says_what_when_and_from_where(
    *,
    reader: Reader,
    signer: CloudFrontSigner,
    cached: str,
    folder: str,
    times: tuple[timedelta | None, timedelta],
    network: str | None,
    status: int,
) -> None:
    now, (since, until) = datetime.now(UTC), times
    policy = signer.build_policy(
        f"https://{reader.edge.domain}/media/{folder}/*",
        now + until,
        date_greater_than=now + since if since else None,
        ip_address=network,
    )
    link = signer.generate_presigned_url(_unsigned(cached), policy=policy)
    assert reader.get(link).status == status


def test_a_policy_without_an_end_opens_nothing(
    reader: Reader, signer: CloudFrontSigner, cached: str
) -> None:
    policy = json.dumps({"Statement": [{"Resource": "*", "Condition": {}}]})
    assert reader.get(signer.generate_presigned_url(_unsigned(cached), policy=policy)).status == 403


def test_a_folder_may_be_opened_by_cookies(
    reader: Reader, signer: CloudFrontSigner, cached: str
) -> None:
    where = f"https://{reader.edge.domain}/media/materi/*"
    policy = signer.build_policy(where, datetime.now(UTC) + SOON, date_greater_than=None)
    asked = signer.generate_presigned_url(where, policy=policy).partition("?")[2]
    cookies = "; ".join(f"CloudFront-{pair}" for pair in asked.split("&"))
    outside = _unsigned(cached).replace("/materi/", "/cases/")
    assert reader.get(_unsigned(cached), Cookie=cookies).status == 200
    assert reader.get(outside, Cookie=cookies).status == 403
