"""Static files, sent beside the page threads: who reads slowly holds none.

WhiteNoise says which file and which headers; a thread would only carry its bytes.
"""

from contextlib import closing
from http import HTTPStatus
from typing import Any

from django.conf import settings
from starlette.types import ASGIApp, Receive, Scope, Send
from whitenoise.middleware import WhiteNoiseMiddleware

CHUNK = 64 * 1024
# As Django's SecurityMiddleware says them on a page.
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
}
if settings.PRODUCTION:
    SECURITY["Strict-Transport-Security"] = (
        f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
    )


class StaticBeside:
    def __init__(self, pages: ASGIApp) -> None:
        self.pages = pages
        # None with DEBUG: there WhiteNoise looks anew each time, among the middleware.
        self._files = WhiteNoiseMiddleware().files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = self._files.get(scope["path"])
        if file is None:
            await self.pages(scope, receive, send)
        else:
            await _send(_answer(file, scope["method"], _asked(scope)), send)


def _asked(scope: Scope) -> dict[str, str]:
    """The headers as WSGI names them."""
    return {
        "HTTP_" + name.decode("latin1").upper().replace("-", "_"): value.decode("latin1")
        for name, value in scope["headers"]
    }


def _answer(file: Any, method: str, asked: dict[str, str]) -> Any:
    """WhiteNoise takes a range of one byte for none. The whole file answers it as rightly."""
    response = file.get_response(method, asked)
    if response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        size = int(dict(response.headers)["Content-Range"].rpartition("/")[2])
        start, end = file.get_byte_range(asked.pop("HTTP_RANGE"), size)
        if start == end:
            return file.get_response(method, asked)
    return response


async def _send(response: Any, send: Send) -> None:
    lines = [*response.headers, *SECURITY.items()]
    headers = [(name.lower().encode(), value.encode("latin1")) for name, value in lines]
    start = {"type": "http.response.start", "status": int(response.status), "headers": headers}
    await send(start)
    if response.file:
        with closing(response.file) as file:
            while part := file.read(CHUNK):
                await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
