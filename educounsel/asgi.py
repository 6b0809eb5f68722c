"""The one application: Django's pages on fixed threads, and beside them sockets and files.

Why pages go through WSGI threads here and not Django's ASGI handler: docs/adr/0003.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "educounsel.settings")
# The package types scope and messages more narrowly than ASGI itself does.
threads = cast(ASGIApp, WSGIMiddleware(cast(Any, get_wsgi_application()), settings.WEB_THREADS))

# These need the applications that the line above has loaded.
from educounsel.jobs import JobHost
from educounsel.operations import health, metrics
from educounsel.operations.starting import refuse_to_start_half_way
from educounsel.realtime import socket
from educounsel.realtime.relay import relay
from educounsel.server.bodies import WholeBodies
from educounsel.server.serving_static import StaticBeside
from educounsel.server.threads import in_thread
from educounsel.web import serving
from educounsel.web.files import LINK_PREFIX

pages = StaticBeside(WholeBodies(threads))
DRAIN_SECONDS = 10.0
LISTEN_SECONDS = 3.0


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["type"] == "websocket":
        await socket.serve(WebSocket(scope, receive, send))
    elif scope["path"].startswith(LINK_PREFIX):
        await serving.serve(scope, receive, send)
    elif scope["path"] in health.PATHS:
        await health.serve(scope, receive, send)
    elif scope["path"] == metrics.PATH:
        await metrics.serve(scope, receive, send)
    else:
        await pages(scope, receive, send)


async def live(receive: Receive, send: Send) -> None:
    """From the server's start to its end."""
    await receive()
    try:
        await in_thread(refuse_to_start_half_way)
    except ImproperlyConfigured as refusal:
        await send({"type": "lifespan.startup.failed", "message": str(refusal)})
        return
    async with working(), listening():
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})


@asynccontextmanager
async def working() -> AsyncIterator[None]:
    """Jobs in threads of this process, where worker processes do not do them."""
    if not settings.JOB_THREADS:
        yield
        return
    host = JobHost(settings.JOB_THREADS)
    host.start()
    yield
    await asyncio.to_thread(host.stop, DRAIN_SECONDS)


@asynccontextmanager
async def listening() -> AsyncIterator[None]:
    """What other threads and processes say reaches the sockets of this one."""
    heard = asyncio.Event()
    relaying = asyncio.create_task(relay.serve(heard))
    with suppress(TimeoutError):  # without Redis pages still work; the relay goes on trying
        await asyncio.wait_for(heard.wait(), LISTEN_SECONDS)
    yield
    relaying.cancel()
    with suppress(asyncio.CancelledError):
        await relaying
