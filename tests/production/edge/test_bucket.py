"""The bucket refuses what S3 refuses: so a test that passes against it says something."""

from datetime import UTC, datetime, timedelta
from urllib.request import urlopen

import pytest
import time_machine
from botocore.exceptions import ClientError
from django.core.files.base import ContentFile

from deploy.rehearsal.keys import LinkKey
from deploy.rehearsal.seaweed import BUCKET, Account, Seaweed
from educounsel.web.files import S3Files
from tests.production.edge.conftest import Put, Reader, storage_of

DATA = b"%PDF-1.7 kept"


def refusal(account: Account, action: str, **what: object) -> str:
    with pytest.raises(ClientError) as refused:
        getattr(account.client(), action)(**what)
    return str(refused.value.response["Error"]["Code"])


def status_of(address: str) -> int:
    try:
        with urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except OSError as error:
        return int(getattr(error, "code", 0))


def test_what_the_application_uploads_is_read_through_its_link(
    reader: Reader, storage: S3Files
) -> None:
    name = str(storage.save("materi/a b+c!é.pdf", ContentFile(DATA)))
    answer = reader.get(storage.link(name, 1, "inline"))
    assert (answer.status, answer.body) == (200, DATA)
    assert answer.headers["Content-Type"] == "application/pdf"


def test_what_the_application_deletes_is_gone(storage: S3Files, put: Put) -> None:
    name = put(DATA)
    storage.delete(name)
    assert not storage.exists(name)


def test_without_an_edge_the_bucket_checks_the_link_itself(
    seaweed: Seaweed, link_key: LinkKey, put: Put
) -> None:
    direct = storage_of(seaweed, None, link_key)
    name = put(DATA)
    link = direct.link(name, 1, "inline")
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=6)):
        old = direct.link(name, 1, "inline")
    changed = link.replace("Expires=300", "Expires=3000")
    assert changed != link
    assert [status_of(each) for each in (link, changed, old)] == [200, 403, 403]
    assert status_of(link.replace(name, f"{name}2")) == 403


def test_without_a_key_nobody_reads(seaweed: Seaweed, put: Put) -> None:
    assert status_of(f"{seaweed.endpoint}/{BUCKET}/media/{put(DATA)}") == 403


def test_a_wrong_secret_opens_nothing(seaweed: Seaweed) -> None:
    right = seaweed.account("application")
    wrong = Account(right.endpoint, BUCKET, right.access_key, "x" * 40)
    assert refusal(wrong, "list_objects_v2", Bucket=BUCKET) == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("who", "action", "what"),
    [
        ("application", "create_bucket", {"Bucket": "another"}),
        ("application", "delete_bucket", {"Bucket": BUCKET}),
        ("edge", "put_object", {"Bucket": BUCKET, "Key": "media/x", "Body": b"x"}),
        ("edge", "delete_object", {"Bucket": BUCKET, "Key": "is-it-there"}),
        ("edge", "list_objects_v2", {"Bucket": BUCKET}),
    ],
)
def test_each_key_does_what_it_is_for_and_no_more(
    seaweed: Seaweed, who: str, action: str, what: dict[str, object]
) -> None:
    assert refusal(seaweed.account(who), action, **what) == "AccessDenied"


def test_what_it_keeps_outlives_it(seaweed: Seaweed, storage: S3Files, put: Put) -> None:
    name = put(DATA)
    seaweed.kill()
    seaweed.start()
    with storage.open(name) as kept:
        assert kept.read() == DATA
