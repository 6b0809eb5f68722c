"""From any thread or process to every hub: in this process directly, between processes by Redis.

With hosted Pusher there is no hub of ours, and events go there."""

import asyncio
import json
import logging
from typing import Any

import redis
import redis.asyncio
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from educounsel.realtime import hosted, sessions
from educounsel.realtime.hub import hub
from educounsel.realtime.protocol import channel_of

log = logging.getLogger(__name__)
TOPIC = "educounsel:realtime"
RECONNECT_SECONDS = 1.0
RESYNC_MS = 5_000

type Parcel = dict[str, Any]


class Relay:
    """Where this process's loop is, once its sockets are served; a worker process has none."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._redis = publisher() if settings.REDIS_URL else None

    def publish(self, parcel: Parcel) -> None:
        """Called after commit, from any thread. A parcel that is lost is only a lost hint."""
        if settings.PUSHER_APP_ID:
            hosted.publish(parcel)
        elif self._redis is None:
            self._hand_over(parcel)
        else:
            self._publish_by(self._redis, parcel)

    def _publish_by(self, client: redis.Redis, parcel: Parcel) -> None:
        try:
            client.publish(TOPIC, json.dumps(parcel))
        except redis.RedisError:
            log.warning("Redis did not take a realtime hint; clients will ask for what they missed")
            self._hand_over(parcel)

    def _hand_over(self, parcel: Parcel) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(_open, parcel)

    async def serve(self, listening: asyncio.Event) -> None:
        """Runs until cancelled; `listening` is set once nothing can be missed any more."""
        self._loop = asyncio.get_running_loop()
        rechecking = self._loop.create_task(sessions.recheck_all_the_time(hub.everybody))
        try:
            if self._redis:
                await self._listen(listening)
            else:
                listening.set()
                await asyncio.Event().wait()
        finally:
            rechecking.cancel()
            self._loop = None

    async def _listen(self, listening: asyncio.Event) -> None:
        while True:
            try:
                await _listen_once(listening)
            except (redis.RedisError, OSError):
                log.warning("Realtime lost Redis; trying again")
                await asyncio.sleep(RECONNECT_SECONDS)


def publisher() -> redis.Redis:
    """A request waits for it: one more try where Redis was restarted, and no more patience."""
    again = Retry(NoBackoff(), 1)
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=again
    )


async def _listen_once(listening: asyncio.Event) -> None:
    async with redis.asyncio.Redis.from_url(settings.REDIS_URL) as client, client.pubsub() as sub:
        await sub.subscribe(TOPIC)
        _ask_everybody_to_catch_up()
        listening.set()
        async for message in sub.listen():
            if message["type"] == "message":
                _open(json.loads(message["data"]))


def _ask_everybody_to_catch_up() -> None:
    """What was published while we did not listen is gone: the clients know what they last saw."""
    people = {connection.user_id for connection in hub.everybody()}
    hub.deliver([channel_of(pk) for pk in people], "resync", {"within": RESYNC_MS})


def _open(parcel: Parcel) -> None:
    match parcel:
        case {"channels": channels, "event": name, "data": data}:
            hub.deliver(channels, name, data)
        case {"recheck": user_id}:
            sessions.recheck(hub.of_user(user_id))
        case {"ended": user_id, "session": fingerprint}:
            sessions.end(hub.of_user(user_id), fingerprint)


relay = Relay()
