"""From any thread or process to every hub: in this process directly, between processes by Redis.

With hosted Pusher there is no hub of ours, and events go there."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import redis
import redis.asyncio
from django.conf import settings
from redis.asyncio.client import PubSub

from educounsel.realtime import hosted, sessions
from educounsel.realtime.hub import hub
from educounsel.realtime.protocol import channel_of
from educounsel.server.redis_absence import PATIENCE, absence_of

log = logging.getLogger(__name__)
TOPIC = "educounsel:realtime"
RECONNECT_SECONDS = 1.0
# After so long Redis is asked for a sign of life, and after as long again the connection is left:
# a proxy, or a failover, may keep one open that carries nothing any more.
SILENT_SECONDS = 2.0
RESYNC_MS = 5_000

type Parcel = dict[str, Any]


class Relay:
    """Where this process's loop is, once its sockets are served; a worker process has none.

    Whoever publishes, one task opens the parcels in their order: everybody hears them in the same.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._parcels: asyncio.Queue[Parcel] = asyncio.Queue()
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
        """Where Redis does not take it, the pages of other processes ask for what they missed."""
        try:
            absence_of(settings.REDIS_URL).ask(partial(client.publish, TOPIC, json.dumps(parcel)))
        except redis.RedisError:
            self._hand_over(parcel)

    def _hand_over(self, parcel: Parcel) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._parcels.put_nowait, parcel)

    async def serve(self, listening: asyncio.Event) -> None:
        """Runs until cancelled; `listening` is set once nothing can be missed any more."""
        self._loop, self._parcels = asyncio.get_running_loop(), asyncio.Queue()
        try:
            async with asyncio.TaskGroup() as work:
                work.create_task(self._open_parcels())
                work.create_task(sessions.check_all_the_time(hub.everybody))
                if self._redis:
                    work.create_task(self._listen(listening))
                else:
                    listening.set()
        finally:
            self._loop = None

    async def _open_parcels(self) -> None:
        while True:
            parcel = await self._parcels.get()
            try:
                await _open(parcel)
            except Exception:
                log.exception("A realtime parcel could not be opened")

    async def _listen(self, listening: asyncio.Event) -> None:
        while True:
            try:
                await self._listen_once(listening)
            except Exception as error:  # whatever it is, hints are not given up
                log.warning("Realtime lost Redis (%s); trying again", type(error).__name__)
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen_once(self, listening: asyncio.Event) -> None:
        client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=SILENT_SECONDS
        )
        async with client, client.pubsub() as subscription:
            await subscription.subscribe(TOPIC)
            async for message in _alive(subscription):
                if message["type"] == "subscribe":
                    self._parcels.put_nowait(catch_up())
                    listening.set()
                elif message["type"] == "message":
                    self._parcels.put_nowait(json.loads(message["data"]))


async def _alive(subscription: PubSub) -> AsyncIterator[dict[str, Any]]:
    """What is heard. Raises redis.TimeoutError where a question for a sign of life stays open."""
    is_asked = False
    while True:
        message = await subscription.get_message(timeout=SILENT_SECONDS)
        if message:
            is_asked = False
            yield message
        elif is_asked:
            raise redis.TimeoutError("The connection is open, and silent.")
        else:
            await subscription.ping()
            is_asked = True


def publisher() -> redis.Redis:
    """A request waits for it."""
    return redis.Redis.from_url(settings.REDIS_URL, **PATIENCE)


def catch_up() -> Parcel:
    """What was published while we did not listen is gone: the clients know what they last saw."""
    people = {connection.user_id for connection in hub.everybody()}
    channels = [channel_of(pk) for pk in people]
    return {"channels": channels, "event": "resync", "data": {"within": RESYNC_MS}}


async def _open(parcel: Parcel) -> None:
    match parcel:
        case {"channels": channels, "event": name, "data": data}:
            await hub.deliver(channels, name, data)
        case {"recheck": user_id}:
            sessions.check_soon(hub.of_user(user_id))
        case {"ended": user_id, "session": fingerprint}:
            sessions.end(hub.of_user(user_id), fingerprint)


relay = Relay()
