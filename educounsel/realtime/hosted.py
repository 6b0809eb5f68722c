"""Hosted Pusher in place of our own hub: the same events, sent to its HTTP API.

Never in the way of a request: one thread of this process sends, from a bounded queue. What cannot
be sent is only a lost hint. Source: the published Pusher Channels HTTP API.
"""

import hashlib
import hmac
import json
import logging
import queue
import threading
import time
from collections.abc import Iterator
from itertools import batched
from typing import Any
from urllib.parse import urlencode

import httpx2
from django.conf import settings

log = logging.getLogger(__name__)
MOST_DATA_BYTES = 10_000
CHANNELS_A_CALL = 100
WAITING = 1_000
TIMEOUT_SECONDS = 3.0
PAUSES_SECONDS = (0.0, 0.5, 2.0)  # before each try


class Sender:
    def __init__(self) -> None:
        self._waiting: queue.Queue[dict[str, Any]] = queue.Queue(WAITING)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, parcel: dict[str, Any]) -> None:
        """Returns at once, whatever happens at the other end."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="pusher", daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait(parcel)
        except queue.Full:
            log.warning("Too much waits for Pusher; clients will ask for what they missed")

    def wait_until_sent(self) -> None:
        self._waiting.join()

    def _run(self) -> None:
        with httpx2.Client(timeout=TIMEOUT_SECONDS) as http:
            while True:
                parcel = self._waiting.get()
                try:
                    for path, body in calls(parcel):
                        _send(http, path, body)
                except Exception:
                    log.exception("A call to Pusher could not be made")
                finally:
                    self._waiting.task_done()


def calls(parcel: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Path and body of what is posted for one parcel."""
    match parcel:
        case {"event": name, "channels": channels, "data": data}:
            yield from _events(name, channels, data)
        case {"recheck": user_id} | {"ended": user_id}:
            # Of one user Pusher closes all sockets or none. Where a session still holds, the page
            # comes back by itself, signed in anew (connect.js).
            yield f"/users/{user_id}/terminate_connections", b"{}"


def _events(name: str, channels: list[str], data: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """As many calls as the channels need."""
    words = json.dumps(data, ensure_ascii=False)
    if len(words.encode()) > MOST_DATA_BYTES:
        words = json.dumps(fetch_me(data))
    for some in batched(channels, CHANNELS_A_CALL):
        event = {"name": name, "channels": some, "data": words}
        yield "/events", json.dumps(event, ensure_ascii=False).encode()


def fetch_me(data: dict[str, Any]) -> dict[str, Any]:
    """What stands first in an event's data names the thing to ask for."""
    return dict(list(data.items())[:1])


def _send(http: httpx2.Client, call: str, body: bytes) -> None:
    """Tries again where Pusher is away or busy; what it refuses it would refuse again."""
    path = f"/apps/{settings.PUSHER_APP_ID}{call}"
    for pause in PAUSES_SECONDS:
        time.sleep(pause)
        try:
            answer = http.post(
                f"{settings.PUSHER_API}{path}?{signed_query(path, body, int(time.time()))}",
                content=body,
                headers={"Content-Type": "application/json"},
            )
        except httpx2.TransportError:
            continue
        if answer.status_code < 500:
            break
    else:
        log.warning("Pusher cannot be reached; clients will ask for what they missed")
        return
    if answer.status_code != 200:
        log.error("Pusher refused a call with status %s", answer.status_code)


def status_of_own_app() -> int:
    """With which Pusher answers a question that changes nothing."""
    path = f"/apps/{settings.PUSHER_APP_ID}/channels"
    query = signed_query(path, b"", int(time.time()), "GET")
    return httpx2.get(f"{settings.PUSHER_API}{path}?{query}", timeout=TIMEOUT_SECONDS).status_code


def signed_query(path: str, body: bytes, timestamp: int, method: str = "POST") -> str:
    fields = {"auth_key": settings.REALTIME_KEY, "auth_timestamp": timestamp, "auth_version": "1.0"}
    if body:
        fields["body_md5"] = hashlib.md5(body, usedforsecurity=False).hexdigest()
    query = urlencode(fields)
    signature = hmac.new(
        settings.REALTIME_SECRET.encode(), f"{method}\n{path}\n{query}".encode(), hashlib.sha256
    )
    return f"{query}&auth_signature={signature.hexdigest()}"


sender = Sender()


def publish(parcel: dict[str, Any]) -> None:
    sender.put(parcel)
