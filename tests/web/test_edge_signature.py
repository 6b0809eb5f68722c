"""Would the edge let it through? CloudFront's check done again, on links that the storage made."""

import re
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from educounsel.web.files import S3Files

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
KEY, STOLEN = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
KNOWN = {"K1": KEY.public_key()}


class Refused(Exception):
    """With the edge's reason."""


def verify(link: str, keys: dict[str, rsa.RSAPublicKey], now: datetime) -> None:
    """As the edge does before it looks for the file. Source: CloudFront Developer Guide, "Use
    signed URLs", canned policy: the resource is the address without what the signature adds."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    if not {"Expires", "Signature", "Key-Pair-Id"} <= query.keys():
        raise Refused("unsigned")
    if query["Key-Pair-Id"] not in keys:
        raise Refused("unknown key")
    if now.timestamp() >= int(query["Expires"]):
        raise Refused("expired")
    resource = re.sub(r"[?&](Expires|Signature|Key-Pair-Id)=[^&]*", "", link)
    policy = (
        f'{{"Statement":[{{"Resource":"{resource}","Condition":'
        f'{{"DateLessThan":{{"AWS:EpochTime":{query["Expires"]}}}}}}}]}}'
    )
    signature = b64decode(query["Signature"].translate(str.maketrans("-_~", "+=/")))
    try:
        keys[query["Key-Pair-Id"]].verify(
            signature, policy.encode(), padding.PKCS1v15(), hashes.SHA1()
        )
    except InvalidSignature:
        raise Refused("wrong signature") from None


def signed(name: str = "pdf/a.pdf", key: rsa.RSAPrivateKey = KEY, key_id: str = "K1") -> str:
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    storage = S3Files(
        bucket_name="berkas",
        location="media",
        custom_domain="bk.sekolah.example",
        cloudfront_key_id=key_id,
        cloudfront_key=pem,
    )
    return storage.link(name, 7, "attachment;filename*=UTF-8''Napas%204.pdf")


@pytest.fixture(autouse=True)
def at_eight() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_link_of_ours_is_let_through_until_it_ends() -> None:
    verify(signed(), KNOWN, NOW)
    verify(signed(), KNOWN, NOW + timedelta(minutes=14, seconds=59))
    with pytest.raises(Refused, match="expired"):
        verify(signed(), KNOWN, NOW + timedelta(minutes=15))


@pytest.mark.parametrize("name", ["a b.pdf", "bab/ü.pdf", "a+b.pdf", "a%20b.pdf", "thumb/x.webp"])
def test_any_name_that_a_file_may_have_can_be_signed(name: str) -> None:
    verify(signed(name), KNOWN, NOW)


@pytest.mark.parametrize(
    ("told", "changed"),
    [
        ("/pdf/a.pdf", "/pdf/b.pdf"),
        ("/media/", "/media/../static/"),
        ("bk.sekolah.example", "bk.lain.example"),
        ("https://", "http://"),
        ("attachment", "inline"),
        ("Napas", "Ujian"),
    ],
)
def test_a_link_changed_on_the_way_opens_nothing(told: str, changed: str) -> None:
    link = signed()
    assert told in link
    with pytest.raises(Refused, match="wrong signature"):
        verify(link.replace(told, changed), KNOWN, NOW)


def test_nobody_makes_a_link_last_longer() -> None:
    ends = int((NOW + timedelta(minutes=15)).timestamp())
    longer = signed().replace(f"Expires={ends}", f"Expires={ends + 3600}")
    assert longer != signed()
    with pytest.raises(Refused, match="wrong signature"):
        verify(longer, KNOWN, NOW)


def test_a_key_that_the_edge_does_not_know_signs_nothing() -> None:
    with pytest.raises(Refused, match="wrong signature"):
        verify(signed(key=STOLEN), KNOWN, NOW)
    with pytest.raises(Refused, match="unknown key"):
        verify(signed(key=STOLEN, key_id="K2"), KNOWN, NOW)


def test_a_link_without_a_signature_is_none() -> None:
    with pytest.raises(Refused, match="unsigned"):
        verify(signed().partition("?")[0], KNOWN, NOW)
