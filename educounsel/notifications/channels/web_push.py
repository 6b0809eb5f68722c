"""Web Push (RFC 8030, 8188, 8291, 8292): a phone hears with the page closed.

Apple, Google, Mozilla or Microsoft carry the message and cannot read it; it says no more than a
locked screen may show. Only their servers are ever asked (settings.WEB_PUSH_SERVICES).
"""

import hashlib
import json
import re
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta
from fnmatch import fnmatchcase
from functools import cache
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils import timezone
from py_vapid import Vapid
from pywebpush import WebPushException, webpush

from educounsel.accounts.models import User
from educounsel.notifications.channels.words import TryLater, Unreachable, Words
from educounsel.notifications.models import Channel, PushSubscription

NAME = Channel.PUSH
TIMEOUT = 10
DAY = 24 * 60 * 60
MOST_DEVICES = 10
GONE = {404, 410}
BUSY = {408, 425, 429}
HOST = re.compile(r"[a-z0-9.-]+")


def is_on() -> bool:
    return bool(settings.WEB_PUSH_PRIVATE_KEY)


def addresses_of(people: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for subscription in PushSubscription.objects.filter(person__in=people):
        found[subscription.person_id].append(subscription.pk)
    return found


def send(words: Words, address: int) -> None:
    subscription = PushSubscription.objects.select_related("person").filter(pk=address).first()
    if subscription is None:
        raise Unreachable
    if not _still_holds(subscription):
        subscription.delete()
        raise Unreachable
    try:
        _post(subscription, words)
    except WebPushException as error:
        _explain(subscription, error)
    except requests.RequestException as error:
        raise TryLater from error


def _post(subscription: PushSubscription, words: Words) -> None:
    with requests.Session() as session:
        session.max_redirects = 0  # the list of services holds for where it leads, too
        webpush(
            {
                "endpoint": subscription.endpoint,
                "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth},
            },
            json.dumps(_payload(words)),
            vapid_private_key=settings.WEB_PUSH_PRIVATE_KEY,
            vapid_claims={"sub": settings.WEB_PUSH_CONTACT},
            ttl=DAY,
            headers={
                "Urgency": "high" if words.is_urgent else "normal",
                "Topic": hashlib.sha256(words.tag.encode()).hexdigest()[:32],
            },
            timeout=TIMEOUT,
            requests_session=session,
        )


def _payload(words: Words) -> dict[str, str | int]:
    return {
        "title": words.text,
        "url": words.path,
        "tag": words.tag,
        "unread": words.unread_count,
    }


def _explain(subscription: PushSubscription, error: WebPushException) -> None:
    status = error.status_code or 500
    if status in BUSY or status >= 500:
        wait = str(error.retry_after or "")
        raise TryLater(int(wait) if wait.isdecimal() else 0) from error
    if status in GONE:
        subscription.delete()
    raise Unreachable from error


# --- Subscriptions -----------------------------------------------------------------------------


@cache
def public_key(private_key: str) -> str:
    """What a browser is given to know our messages by."""
    key = Vapid.from_string(private_key).public_key
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def is_known_service(endpoint: str) -> bool:
    """Whether this address is one of a push service: we send nothing where a stranger points."""
    try:
        parts = urlsplit(endpoint)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return False
    origin = f"{parts.scheme}://{parts.hostname}{port}"
    # A name of letters alone: readers differ on where a name ends that has a "\\" in it.
    plain = HOST.fullmatch(parts.hostname or "") and parts.username is None and endpoint.isascii()
    known = any(fnmatchcase(origin, service) for service in settings.WEB_PUSH_SERVICES)
    return bool(plain) and known


def subscribe(person: User, session_key: str, endpoint: str, p256dh: str, auth: str) -> None:
    """The browser belongs to who asked last: phones are shared."""
    PushSubscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            "person": person,
            "session": fingerprint(session_key),
            "standing": standing_of(person),
            "p256dh": p256dh,
            "auth": auth,
            "renewed_at": timezone.now(),
        },
    )
    newest = PushSubscription.objects.filter(person=person).order_by("-renewed_at", "-pk")
    old = list(newest.values_list("pk", flat=True)[MOST_DEVICES:])
    PushSubscription.objects.filter(pk__in=old).delete()


def fingerprint(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()


def standing_of(person: User) -> str:
    """Another one after a new password, another role, and an account switched off."""
    signs = f"{person.role} {person.is_active} {person.get_session_auth_hash()}"
    return hashlib.sha256(signs.encode()).hexdigest()


def _still_holds(subscription: PushSubscription) -> bool:
    """The session it was asked for in has neither ended by itself nor lost its ground."""
    oldest = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    person = subscription.person
    return (
        person.is_active
        and subscription.standing == standing_of(person)
        and subscription.renewed_at > oldest
        and is_known_service(subscription.endpoint)
    )
