"""Parts that answer and will never let us in, or have no such name: wrong settings, and no outage
that would end by itself."""

import socket
from collections.abc import Iterator

import redis
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.storage import storages
from redis.exceptions import AuthenticationError, AuthorizationError, NoPermissionError
from storages.backends.s3 import S3Storage

from educounsel.server.redis_absence import PATIENCE

LOCKED = (AuthenticationError, AuthorizationError, NoPermissionError)
# Another region's bucket, no bucket, or no key to it.
STATUSES = (301, 400, 403, 404)


def refusals() -> Iterator[str]:
    """A line for each."""
    names = {settings.CACHE_REDIS_URL: "CACHE_REDIS_URL", settings.REDIS_URL: "REDIS_URL"}
    for url, name in names.items():
        yield from _of_redis(name, url)
    if isinstance(files := storages["default"], S3Storage):
        yield from _of_bucket(files)


def _of_redis(name: str, url: str) -> Iterator[str]:
    try:
        with redis.Redis.from_url(url, **PATIENCE) as client:
            client.ping()
    except LOCKED:
        yield f"Redis does not take the name or password in {name}."
    except redis.RedisError as error:
        if _is_nowhere(error):
            yield f"There is no machine of the name in {name}."


def _of_bucket(files: S3Storage) -> Iterator[str]:
    try:
        files.connection.meta.client.head_bucket(Bucket=files.bucket_name)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status in STATUSES:
            yield (
                f"S3 answers {status} for the bucket: look at S3_BUCKET, S3_REGION,"
                " S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY."
            )
    except BotoCoreError as error:
        if _is_nowhere(error):
            yield "There is no machine of the name in S3_ENDPOINT_URL."


def _is_nowhere(error: BaseException | None) -> bool:
    """A name server that is away itself says otherwise (EAI_AGAIN)."""
    if isinstance(error, socket.gaierror):
        return error.errno == socket.EAI_NONAME
    return error is not None and _is_nowhere(error.__cause__ or error.__context__)
