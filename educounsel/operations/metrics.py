"""What this process counts, for Prometheus. Each feature names its figures beside its own code.

They tell nobody's name; how much a school writes at night is still nobody's business, so the
address is there for whoever knows METRICS_TOKEN, and for nobody while there is none.
"""

import asyncio
import logging
from collections.abc import Iterable

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils.crypto import constant_time_compare
from django_ox.metrics import collector
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

log = logging.getLogger(__name__)
PATH = "/metrics"


class Queue(Collector):
    """The jobs' rows, counted at each asking. While the database is away the rest is still told."""

    def describe(self) -> Iterable[Metric]:
        return collector().describe()  # type: ignore[no-any-return]

    def collect(self) -> Iterable[Metric]:
        try:
            return list(collector().collect())
        except DatabaseError:
            log.warning("The database did not say what waits in the queue")
            return []


figures = REGISTRY
figures.register(Queue())


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    response = await _answer(Request(scope))
    await response(scope, receive, send)


async def _answer(request: Request) -> Response:
    if not _may_read(request):
        return Response(status_code=404)
    page = await asyncio.to_thread(_page)
    return Response(page, media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _may_read(request: Request) -> bool:
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("authorization", "")
    return bool(settings.METRICS_TOKEN) and constant_time_compare(given, expected)


def _page() -> bytes:
    try:
        return generate_latest(figures)
    finally:
        close_old_connections()
