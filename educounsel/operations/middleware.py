import logging
import re
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from prometheus_client import Histogram

from educounsel.operations.logs import request_id
from educounsel.server.postgres import PAGE_SECONDS, patience

log = logging.getLogger("educounsel.requests")
_GIVEN = re.compile(r"[A-Za-z0-9=_-]{8,64}")
SECONDS = Histogram(
    "educounsel_request_seconds",
    "From a request's arrival at a thread to its answer, by view",
    ["method", "view", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
METHODS = frozenset({"GET", "HEAD", "POST"})


class RequestMiddleware:
    """Every request has an id, a line in the log and a place in the figures.

    Of its address only the view's name is kept: what stands in a query, or in an address that
    is not there, somebody may have typed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = request_id.set(_id_of(request))
        began = time.perf_counter()
        try:
            with patience(PAGE_SECONDS):
                response = self.get_response(request)
            response.headers["X-Request-ID"] = request_id.get()
            _note(request, response, time.perf_counter() - began)
        finally:
            request_id.reset(token)
        return response


def _id_of(request: HttpRequest) -> str:
    """As a proxy gave it, so that its log and ours can be laid side by side."""
    given = request.headers.get("X-Request-ID", "")
    return given if _GIVEN.fullmatch(given) else uuid.uuid4().hex


def _note(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    view = request.resolver_match.view_name if request.resolver_match else ""
    method = request.method if request.method in METHODS else "other"
    SECONDS.labels(method, view or "none", response.status_code).observe(seconds)
    figures = {"method": method, "view": view, "status": response.status_code}
    log.info(
        "%s %s %s",
        method,
        view or "none",
        response.status_code,
        extra={"figures": figures | {"ms": round(seconds * 1000, 1)}},
    )
