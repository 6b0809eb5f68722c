"""The one door to the sockets. Everything here happens after commit, and is only a hint."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction

from educounsel.accounts.models import Role
from educounsel.realtime import protocol, sessions
from educounsel.realtime.relay import relay


def to_user(user_id: int, name: str, data: dict[str, Any]) -> None:
    """An event for the open pages of one person. `data` is theirs alone to see.

    Its first entry names what it is about: where the rest is too long, a page asks for that.
    """
    to_users([user_id], name, data)


def to_users(user_ids: Iterable[int], name: str, data: dict[str, Any]) -> None:
    """The same event for each of these people, published once."""
    _send([protocol.channel_of(pk) for pk in user_ids], name, data)


def to_role(school_id: int, role: Role, name: str, data: dict[str, Any]) -> None:
    """An event for everybody of a school in this role: nothing that one of them may not see."""
    _send([protocol.channel_of_role(school_id, role)], name, data)


def _send(channels: list[str], name: str, data: dict[str, Any]) -> None:
    if channels:
        parcel = {"channels": channels, "event": name, "data": data}
        transaction.on_commit(partial(relay.publish, parcel))


def recheck(user_id: int) -> None:
    """Their sockets prove again that their session still holds, and close where it does not."""
    transaction.on_commit(partial(relay.publish, {"recheck": user_id}))


def end_session(user_id: int, session_key: str) -> None:
    """The sockets of one session close; the person's other devices stay connected."""
    parcel = {"ended": user_id, "session": sessions.fingerprint(session_key)}
    transaction.on_commit(partial(relay.publish, parcel))
