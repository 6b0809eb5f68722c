"""Servers to compare with, none of which knows who is who.

python bench/socket_peers.py broadcast|one_by_one PORT
"""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import httpx2
from processes import children_of, free_port, running
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

PLAIN = {"compression": None, "ping_interval": None}
TEXT = json.dumps(
    {"event": "notification", "data": '{"within": 0}', "channel": "private-school-1-student"}
)
NCHAN = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")


class Peer(NamedTuple):
    name: str
    pid: int
    port: int
    path: str
    publish: Callable[[], object]


def peers() -> Iterator[Peer]:
    """One after the other; Nchan only where it is installed."""
    for kind in ("broadcast", "one_by_one"):
        with plain(kind) as peer:
            yield peer
    if NCHAN.exists():
        with nchan() as peer:
            yield peer


@contextmanager
def plain(kind: str) -> Iterator[Peer]:
    """The `websockets` library, which says what it hears from one to all others."""
    port = free_port()
    with (
        running([sys.executable, __file__, kind, str(port)], port) as pid,
        connect(f"ws://127.0.0.1:{port}/", **PLAIN) as conductor,  # type: ignore[arg-type]
    ):
        yield Peer(f"websockets {kind}", pid, port, "/", lambda: conductor.send("go"))


@contextmanager
def nchan() -> Iterator[Peer]:
    """A ready-made publish and subscribe server, in C, within nginx: libnginx-mod-nchan."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder, "nginx.conf")
        settings.write_text(
            f"""load_module {NCHAN}; daemon off; worker_processes 1; pid {folder}/pid;
            user root; error_log /dev/null; events {{ worker_connections 8192; }}
            http {{ access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};
              fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
              server {{ listen 127.0.0.1:{port};
                location /hear {{ nchan_subscriber websocket; nchan_channel_id all;
                  nchan_subscriber_first_message newest; nchan_websocket_ping_interval 60; }}
                location /tell {{ nchan_publisher; nchan_channel_id all; }} }} }}"""
        )
        words = [shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(settings)]
        with running(words, port) as pid, httpx2.Client() as http:
            (worker,) = children_of(pid)
            tell = f"http://127.0.0.1:{port}/tell"
            yield Peer("Nchan", worker, port, "/hear", lambda: http.post(tell, content=TEXT))


async def serve_plain(kind: str, port: int) -> None:
    there: set[ServerConnection] = set()

    async def attend(connection: ServerConnection) -> None:
        there.add(connection)
        with suppress(ConnectionClosed):
            async for _ in connection:
                listeners = there - {connection}
                if kind == "broadcast":
                    broadcast(listeners, TEXT)
                else:
                    for listener in listeners:
                        await listener.send(TEXT)
        there.discard(connection)

    async with serve(attend, "127.0.0.1", port, **PLAIN) as server:  # type: ignore[arg-type]
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve_plain(sys.argv[1], int(sys.argv[2])))
