"""Links to files in S3, alone or behind CloudFront: signed here, checked as the edge would.

Whether S3 takes them is asked of a real server where production is tried whole.
"""

from base64 import b64decode
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from educounsel.web.files import S3Files

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
)


@pytest.fixture
def behind_cloudfront() -> S3Files:
    return S3Files(
        bucket_name="berkas",
        location="media",
        custom_domain="bk.sekolah.example",
        cloudfront_key_id="K1",
        cloudfront_key=PEM,
    )


def asked(link: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}


def check_signature(link: str) -> None:
    """Raises InvalidSignature. Source of the canned policy: Amazon CloudFront Developer Guide."""
    query = asked(link)
    resource = link[: link.index("Expires=") - 1]
    policy = (
        f'{{"Statement":[{{"Resource":"{resource}","Condition":'
        f'{{"DateLessThan":{{"AWS:EpochTime":{query["Expires"]}}}}}}}]}}'
    )
    signature = b64decode(query["Signature"].translate(str.maketrans("-_~", "+=/")))
    KEY.public_key().verify(signature, policy.encode(), padding.PKCS1v15(), hashes.SHA1())


def test_a_link_through_cloudfront_bears_its_signature(behind_cloudfront: S3Files) -> None:
    link = behind_cloudfront.link("pdf/a.pdf", 7, "attachment;filename*=UTF-8''a.pdf")
    check_signature(link)
    assert link.startswith("https://bk.sekolah.example/media/pdf/a.pdf?")
    assert asked(link)["Key-Pair-Id"] == "K1"
    assert asked(link)["response-content-disposition"] == "attachment;filename*=UTF-8''a.pdf"


@pytest.mark.parametrize(
    ("minute", "until"),
    [("08:00:00", "08:15:00"), ("08:09:59", "08:15:00"), ("08:10:01", "08:30:00")],
)
def test_a_picture_keeps_its_address_for_a_quarter_of_an_hour(
    behind_cloudfront: S3Files, minute: str, until: str
) -> None:
    """And never ends within five minutes, so that a slow download can begin."""
    end = datetime.fromisoformat(f"2026-11-02T{until}+00:00")
    with time_machine.travel(f"2026-11-02T{minute}+00:00", tick=True):
        link = behind_cloudfront.link("a.webp", 7, "inline")
    assert datetime.fromtimestamp(int(asked(link)["Expires"]), UTC) == end


def test_a_link_to_s3_alone_lives_five_minutes() -> None:
    storage = S3Files(
        bucket_name="berkas",
        location="media",
        region_name="ap-southeast-3",
        access_key="a",
        secret_key="b",
        querystring_expire=300,
    )
    query = asked(storage.link("a.webp", 7, "inline"))
    assert query["X-Amz-Expires"] == "300"
    assert query["response-content-disposition"] == "inline"
