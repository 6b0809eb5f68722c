"""Asked by load balancers and supervisors, beside Django: by any host name, without a session.

/healthz: this process is alive. /readyz: the parts that it stands on answer. Busy pages delay
neither, and nothing here tells more than which part is away.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from educounsel.operations.parts import Part, parts

PATHS = ("/healthz", "/readyz")
PATIENCE_SECONDS = 3.0
UNCACHED = {"Cache-Control": "no-store"}


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    response = await _answer(Request(scope))
    await response(scope, receive, send)


async def _answer(request: Request) -> Response:
    if request.method not in ("GET", "HEAD"):
        return Response(status_code=405, headers={"Allow": "GET, HEAD"})
    if request.url.path == "/healthz":
        return PlainTextResponse("ok", headers=UNCACHED)
    return await _ready()


async def _ready() -> Response:
    """503 only where no page can be made: while S3 is away the texts can still be read."""
    answers = await asyncio.gather(*(watch.answers() for watch in watches))
    state = {w.part.name: "ok" if ok else "away" for w, ok in zip(watches, answers, strict=True)}
    able = all(ok or not w.part.is_needed for w, ok in zip(watches, answers, strict=True))
    return JSONResponse(state, status_code=200 if able else 503, headers=UNCACHED)


class Watch:
    """Asks one part, one question at a time: who comes meanwhile hears the same answer."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self._asking: asyncio.Future[bool] | None = None

    async def answers(self) -> bool:
        if self._asking is None or self._asking.done():
            self._asking = asyncio.get_running_loop().run_in_executor(threads, self._ask)
        await asyncio.wait([self._asking], timeout=PATIENCE_SECONDS)
        return self._asking.done() and self._asking.result()

    def _ask(self) -> bool:
        close_old_connections()
        try:
            return self.part.answers()
        finally:
            close_old_connections()


watches = [Watch(part) for part in parts()]
# Of their own: a part that hangs takes no thread from sockets and pages.
threads = ThreadPoolExecutor(len(watches), thread_name_prefix="health")
