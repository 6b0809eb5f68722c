"""Where files live, and links to them that one person may follow for a few minutes.

A view decides who may read a file and then sends the browser to `link_to(...)`. On this machine
the link is served by serving.py with Range; on S3 it is signed by S3 or CloudFront.
"""

import time
from functools import partial
from typing import TypedDict, cast
from urllib.parse import quote

from django.conf import settings
from django.core import signing
from django.core.files import File
from django.core.files.storage import FileSystemStorage, storages
from storages.backends.s3 import S3Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from educounsel.server.deadline import within

LINK_PREFIX = "/_f/"
SALT = "educounsel.files"
QUARTER_SECONDS = 900
MOST_SECONDS, LEAST_BYTES_A_SECOND = 3.0, 1_000_000


class Link(TypedDict):
    name: str
    viewer: int
    disposition: str


def link_to(name: str, viewer_id: int, save_as: str = "") -> str:
    """The address of a stored file for one person; `save_as` makes it a download of that name."""
    storage = cast("LocalFiles | S3Files", storages["default"])
    return storage.link(name, viewer_id, _disposition(save_as))


def _disposition(save_as: str) -> str:
    """Source of the form: RFC 6266, with a UTF-8 file name by RFC 5987.

    Without a space: in an address it would be a plus, which not every signer reads alike.
    """
    return f"attachment;filename*=UTF-8''{quote(save_as)}" if save_as else "inline"


class LocalFiles(FileSystemStorage):
    def link(self, name: str, viewer_id: int, disposition: str) -> str:
        link: Link = {"name": name, "viewer": viewer_id, "disposition": disposition}
        return LINK_PREFIX + signing.dumps(link, salt=SALT)


class S3Files(S3Storage):  # type: ignore[misc]  # the package carries no types
    def link(self, name: str, viewer_id: int, disposition: str) -> str:
        """The signature is bound to the time only: neither S3 nor CloudFront knows sessions."""
        if self.custom_domain:
            asked = {"response-content-disposition": disposition}
            return str(self.url(name, parameters=asked, expire=_until_a_quarter_has_passed()))
        return str(self.url(name, parameters={"ResponseContentDisposition": disposition}))


class PromptS3Files(S3Files):
    """As pages need it: whoever uploads is told in time, also by a bucket that is slow."""

    def _save(self, name: str, content: "File[bytes]") -> str:
        seconds = MOST_SECONDS + content.size / LEAST_BYTES_A_SECOND
        write = partial(super()._save, name, content)
        return str(within(seconds, write, too_late=partial(super().delete, name)))

    def delete(self, name: str) -> None:
        within(MOST_SECONDS, partial(super().delete, name), too_late=lambda: None)


def _until_a_quarter_has_passed() -> float:
    """In seconds: at least FILE_LINK_SECONDS, and for everybody to one moment of four an hour.

    So a picture keeps its address that long, and a browser what it has fetched. The half second
    keeps the moment the same while the signer reads the clock once more, and drops the fraction.
    """
    now = time.time()
    end = (now + settings.FILE_LINK_SECONDS) // QUARTER_SECONDS * QUARTER_SECONDS + QUARTER_SECONDS
    return end + 0.5 - now


class HashedStatic(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names with a hash, so that a phone fetches each file once; imports in modules follow."""

    support_js_module_import_aggregation = True
