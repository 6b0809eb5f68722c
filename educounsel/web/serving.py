"""Stored files of the embedded profile, as an ASGI function: Range, no copy through Django."""

import re
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from educounsel.server.threads import in_thread
from educounsel.web.files import LINK_PREFIX, SALT, Link
from educounsel.web.sessions import session_key_in, user_of

_RANGE = re.compile(rb"bytes=(?:\d+-\d*|-\d+)(?:\s*,\s*(?:\d+-\d*|-\d+))*", re.IGNORECASE)
GONE = "Berkas ini tidak ada, atau tautannya sudah lewat waktunya. Buka lagi dari halamannya."


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    response = await _answer(Request(scope))
    await response(_without_a_range_that_is_none(scope), receive, send)


def _without_a_range_that_is_none(scope: Scope) -> Scope:
    """A header that says no range is left aside (RFC 9110, 14.2), not refused."""
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if name != b"range" or _RANGE.fullmatch(value)
    ]
    return {**scope, "headers": headers}


async def _answer(request: Request) -> Response:
    if request.method not in ("GET", "HEAD"):
        return Response(status_code=405, headers={"Allow": "GET, HEAD"})
    link = _read(request.url.path.removeprefix(LINK_PREFIX))
    path = _stored(link["name"]) if link else None
    if link is None or path is None or not await _is_viewer(request, link):
        return PlainTextResponse(GONE, status_code=404)
    return _file(path, link)


def _read(token: str) -> Link | None:
    try:
        link: Link = signing.loads(token, salt=SALT, max_age=settings.FILE_LINK_SECONDS)
    except signing.BadSignature:
        return None
    return link


def _stored(name: str) -> Path | None:
    try:
        path = Path(default_storage.path(name))
    except SuspiciousFileOperation:
        return None
    return path if path.is_file() else None


async def _is_viewer(request: Request, link: Link) -> bool:
    """A link that was passed on opens nothing: the session must be the one it was made for."""
    session_key = session_key_in(request.headers.get("cookie", ""))
    user = await in_thread(user_of, session_key) if session_key else None
    return user is not None and user.pk == link["viewer"]


def _file(path: Path, link: Link) -> FileResponse:
    headers = {
        "Content-Disposition": link["disposition"],
        "Cache-Control": f"private, max-age={settings.FILE_LINK_SECONDS}",
        "X-Content-Type-Options": "nosniff",
        # Whatever a file holds, it runs nothing if somebody opens it as a page.
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return FileResponse(path, headers=headers)
