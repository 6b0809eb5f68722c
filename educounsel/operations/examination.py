"""What the doctor asks beyond the parts themselves: do they do what EduCounsel needs of them?"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import redis
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from educounsel.companion.resealing import notice_a_lost_key
from educounsel.operations.models import FailedJob
from educounsel.operations.parts import Away, Part, parts
from educounsel.operations.services import services
from educounsel.operations.starting import is_behind
from educounsel.server.database_absence import absence

OLDEST_POSTGRES = 15_00_00
MOST_SKEW_SECONDS = 5
LEAST_FREE_BYTES = 500 * 1024 * 1024
POSTGRESQL_IS = """
SELECT current_setting('server_version_num')::int, now(),
  current_setting('transaction_read_only')::bool
"""
NOT_ASKED = "not asked: the database is away"


type Examined = tuple[str, bool, str]


def examine_everything() -> Iterator[Examined]:
    """Name, whether it is well, and how it is. A database that is away is waited for once."""
    why = absence()
    for part in everything():
        if why and part.asks_database:
            yield part.name, False, why if part.name == "database" else NOT_ASKED
        else:
            yield part.name, *examine(part)


def everything() -> list[Part]:
    return [*parts(), *_of_every_profile(), *_of_this_profile()]


def examine(part: Part) -> tuple[bool, str]:
    """Whether it is well, and in one line how it is or what is wrong."""
    try:
        return True, part.ask()
    except Away as away:
        return False, str(away)
    except Exception as error:
        return False, f"{type(error).__name__}: {error}".splitlines()[0]


def _of_every_profile() -> Iterator[Part]:
    yield Part("migrations", _migrations, asks_database=True)
    yield Part("sealed texts", _sealed_texts, asks_database=True)
    yield Part("writing a file", _writing_a_file)
    yield Part("disk", _disk)
    yield Part("failed jobs", _failed_jobs, asks_database=True)


def _of_this_profile() -> Iterator[Part]:
    if connection.vendor == "postgresql":
        yield Part("PostgreSQL", _postgresql, asks_database=True)
    if settings.REDIS_URL:
        yield Part("what Redis keeps", _redis)
    yield from services()


def _migrations() -> str:
    if is_behind():
        raise Away("The database is older than this release: run `manage.py migrate`.")
    return "applied"


def _sealed_texts() -> str:
    if lost := notice_a_lost_key():
        raise Away(f"No key in COMPANION_KEYS opens the newest {', '.join(lost)}.")
    return f"{len(settings.COMPANION_KEYS)} keys"


def _writing_a_file() -> str:
    name = default_storage.save(f"doctor/{uuid4().hex}", ContentFile(b"well?"))
    try:
        with default_storage.open(name) as written:
            if written.read() != b"well?":
                raise Away("What is read back is not what was written.")
    finally:
        default_storage.delete(name)
    return "written, read and deleted"


def _disk() -> str:
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < LEAST_FREE_BYTES:
        raise Away(f"{free // 2**20} MiB are free in {settings.DATA_DIR}: too little.")
    return f"{free // 2**30} GiB free"


def _failed_jobs() -> str:
    count = FailedJob.objects.count()
    return f"{count}: whoever keeps the server finds them in the admin" if count else "none"


def _postgresql() -> str:
    with connection.cursor() as cursor:
        cursor.execute(POSTGRESQL_IS)
        version, their_time, is_read_only = cursor.fetchone()
    if version < OLDEST_POSTGRES:
        raise Away(f"It is version {version // 10_000}; EduCounsel needs 15 or newer.")
    if is_read_only:
        raise Away("It is read-only: a primary of before, a replica, or set so by somebody.")
    skew = abs((datetime.now(UTC) - their_time).total_seconds())
    if skew > MOST_SKEW_SECONDS:
        raise Away(f"Its clock and the clock of this machine are {skew:.0f} s apart.")
    return f"version {version // 10_000}, the same time as here"


def _redis() -> str:
    """Source: Redis documentation, "Key eviction" and "Redis persistence". ElastiCache has no
    append-only file: what it holds outlives a node in the replicas of that."""
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=3) as client:
        told = client.info()
    if told["maxmemory"] and told["maxmemory_policy"] != "noeviction":
        raise Away(f"maxmemory-policy is {told['maxmemory_policy']}: what it holds may vanish.")
    if told["aof_enabled"]:
        return "append-only file, no eviction"
    if told["role"] == "master" and not told["connected_slaves"]:
        raise Away("appendonly is off and it has no replica: a restart loses what it holds.")
    return "a replica that takes over, no eviction"
