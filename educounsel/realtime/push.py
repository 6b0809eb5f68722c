"""The one door to the sockets. Everything here happens after commit, and is only a hint."""

from functools import partial
from typing import Any

from django.db import transaction

from educounsel.realtime import protocol, sessions
from educounsel.realtime.relay import relay


def to_user(user_id: int, name: str, data: dict[str, Any]) -> None:
    """An event for the open pages of one person. `data` is theirs alone to see."""
    channel = protocol.channel_of(user_id)
    text = protocol.event(name, data, channel)
    transaction.on_commit(partial(relay.publish, {"channel": channel, "text": text}))


def recheck(user_id: int) -> None:
    """Their sockets prove again that their session still holds, and close where it does not."""
    transaction.on_commit(partial(relay.publish, {"recheck": user_id}))


def end_session(user_id: int, session_key: str) -> None:
    """The sockets of one session close; the person's other devices stay connected."""
    parcel = {"ended": user_id, "session": sessions.fingerprint(session_key)}
    transaction.on_commit(partial(relay.publish, parcel))
