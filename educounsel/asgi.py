"""The one application: Django's pages on fixed threads, and beside them sockets and files.

Why pages go through WSGI threads here and not Django's ASGI handler: docs/adr/0003.
"""

import asyncio
import os
from contextlib import suppress
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "educounsel.settings")
# The package types scope and messages more narrowly than ASGI itself does.
pages = cast(ASGIApp, WSGIMiddleware(cast(Any, get_wsgi_application()), settings.WEB_THREADS))

# These need the applications that the line above has loaded.
from educounsel.demo.guard import refuse_demo_accounts  # noqa: E402
from educounsel.jobs import JobHost  # noqa: E402
from educounsel.realtime import socket  # noqa: E402
from educounsel.realtime.relay import relay  # noqa: E402
from educounsel.web import serving  # noqa: E402
from educounsel.web.files import LINK_PREFIX  # noqa: E402

DRAIN_SECONDS = 10.0


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["type"] == "websocket":
        await socket.serve(WebSocket(scope, receive, send))
    elif scope["path"].startswith(LINK_PREFIX):
        await serving.serve(scope, receive, send)
    else:
        await pages(scope, receive, send)


async def live(receive: Receive, send: Send) -> None:
    """Starts what runs beside the requests, waits for the end, stops it in order."""
    await receive()
    try:
        await asyncio.to_thread(refuse_demo_accounts)
    except ImproperlyConfigured as refusal:
        await send({"type": "lifespan.startup.failed", "message": str(refusal)})
        return
    listening = asyncio.create_task(relay.serve())
    jobs = JobHost(settings.JOB_THREADS)
    if settings.JOB_THREADS:
        jobs.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    if settings.JOB_THREADS:
        await asyncio.to_thread(jobs.stop, DRAIN_SECONDS)
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening
    await send({"type": "lifespan.shutdown.complete"})
