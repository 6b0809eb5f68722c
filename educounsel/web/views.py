import errno
import sys
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.views import defaults
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from redis import RedisError

ICON = Path(__file__).parent / "static" / "web" / "img" / "icon-192.png"
# The database restarts or is full, Redis is gone, the storage does not answer or take anything.
AWAY = (OperationalError, InterfaceError, RedisError, BotoCoreError, ClientError)
FULL = (errno.ENOSPC, errno.EDQUOT)
RETRY_SECONDS = 5
SHELL = ("web/css/app.css", "web/icons.svg", "web/img/icon.svg")


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    if request.user.is_authenticated:
        return redirect(request.user.home)
    return render(request, "web/landing.html")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "web/offline.html")


@require_safe
@cache_control(public=True, max_age=86_400)
def manifest(request: HttpRequest) -> HttpResponse:
    return render(request, "web/manifest.webmanifest", content_type="application/manifest+json")


@require_safe
@cache_control(public=True, max_age=86_400)
def favicon(request: HttpRequest) -> HttpResponse:
    """For whoever asks at the root without having read a page."""
    return HttpResponse(ICON.read_bytes(), content_type="image/png")


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, for a worker sees only what lies below its own address."""
    shell = [static(path) for path in SHELL]
    return render(request, "web/sw.js", {"shell": shell}, content_type="text/javascript")


def server_error(request: HttpRequest, unsent: object = None) -> HttpResponse:
    """What broke here, or only a part that is away for a moment: then it says when to come back,
    and shows what could not be taken.

    Django calls this while it handles the exception.
    """
    if not is_away(sys.exception()):
        return defaults.server_error(request)
    page = render_to_string("503.html", {"unsent": unsent})
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})


def is_away(error: BaseException | None) -> bool:
    full = isinstance(error, OSError) and error.errno in FULL
    return full or isinstance(error, AWAY)
