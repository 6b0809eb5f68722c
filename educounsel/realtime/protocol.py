"""The words of the Pusher Channels protocol, version 7, that we speak.

Source: the published Pusher Channels WebSocket protocol. `data` is a JSON text inside the JSON.
"""

import hashlib
import hmac
import json
from typing import Any, NamedTuple

from django.conf import settings

from educounsel.accounts.models import Role, User

ACTIVITY_TIMEOUT_SECONDS = 60
UNAUTHORISED = 4009  # 4000 to 4099: the client does not come back by itself
TOO_MANY_SOCKETS = 4004
TRY_LATER = 4100  # 4100 to 4199: the client comes back after a while
TRY_AGAIN = 4200  # 4200 to 4299: the client comes back at once
FLOOD = 4301  # from 4300 on: the client stays away
NOT_UNDERSTOOD = 4302


class Command(NamedTuple):
    event: str
    data: dict[str, Any]


class Garbage(ValueError):
    """A frame that is no command of the protocol."""


def parse(text: str) -> Command:
    """Raises Garbage for anything but a JSON object with an event name and object data."""
    try:
        frame = json.loads(text)
        data = frame.get("data") or {}
        data = json.loads(data) if isinstance(data, str) else data
        event = frame["event"]
    except (ValueError, AttributeError, KeyError, RecursionError) as error:
        raise Garbage from error
    if not isinstance(event, str) or not isinstance(data, dict):
        raise Garbage
    return Command(event, data)


def event(name: str, data: dict[str, Any], channel: str | None = None) -> str:
    frame = {"event": name, "data": json.dumps(data, ensure_ascii=False)}
    return json.dumps(frame | ({"channel": channel} if channel else {}), ensure_ascii=False)


def established(socket_id: str) -> str:
    facts = {"socket_id": socket_id, "activity_timeout": ACTIVITY_TIMEOUT_SECONDS}
    return event("pusher:connection_established", facts)


def subscribed(channel: str) -> str:
    return event("pusher_internal:subscription_succeeded", {}, channel)


def refused(channel: str) -> str:
    facts = {"type": "AuthError", "error": "Forbidden", "status": 403}
    return event("pusher:subscription_error", facts, channel)


def failure(code: int, message: str) -> str:
    return json.dumps({"event": "pusher:error", "data": {"code": code, "message": message}})


PONG = event("pusher:pong", {})


def channel_of(user_id: int) -> str:
    return f"private-user-{user_id}"


def channel_of_role(school_id: int, role: str) -> str:
    """What everybody of a school in one role hears: only that there is something to ask for."""
    return f"private-school-{school_id}-{Role(role)}"


def channels_of(user: User) -> tuple[str, str]:
    """All that this person may hear. Even when something arrives for another is private."""
    return channel_of(user.pk), channel_of_role(user.school_id, user.role)


def sign(socket_id: str, channel: str) -> str:
    """The `auth` of a private subscription."""
    return _signed(f"{socket_id}:{channel}")


def is_signed(auth: object, socket_id: str, channel: str) -> bool:
    return isinstance(auth, str) and hmac.compare_digest(
        auth.encode(), sign(socket_id, channel).encode()
    )


def sign_in(socket_id: str, user_id: int) -> dict[str, str]:
    """Tells hosted Pusher whose socket this is, so that it can be asked to close it."""
    user_data = json.dumps({"id": str(user_id)})
    return {"auth": _signed(f"{socket_id}::user::{user_data}"), "user_data": user_data}


def _signed(words: str) -> str:
    """Key, colon, HMAC-SHA256."""
    digest = hmac.new(settings.REALTIME_SECRET.encode(), words.encode(), hashlib.sha256)
    return f"{settings.REALTIME_KEY}:{digest.hexdigest()}"
