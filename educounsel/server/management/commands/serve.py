import logging
import os
import signal
import socket
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from educounsel import env
from educounsel.server.limits import Seldom, take_files
from educounsel.server.only_one import only_one_on

HOST = env.text("HOST", "127.0.0.1")
SOCKETS: dict[str, Any] = {
    "ws": "educounsel.realtime.server:SocketProtocol",
    # One frame of a client is a ping or a subscription; more is refused before it is read.
    "ws_max_size": 16 * 1024,
    # What comes down is a few hundred bytes: compressing it would cost more memory than it saves.
    "ws_per_message_deflate": False,
    # A phone that left the network without a word is let go within a minute and a half.
    "ws_ping_interval": 60.0,
    "ws_ping_timeout": 30.0,
}
CONNECTIONS: dict[str, Any] = {
    "http": "educounsel.server.connections:Connection",
    # Longer than a balancer in front keeps an idle one: else it may ask at the moment of the end.
    "timeout_keep_alive": env.whole("KEEP_ALIVE_SECONDS", 5, least=1),
    # So many asyncio takes from the queue at once, before it sees that it has too many.
    "backlog": 16,
}
QUEUE = 2048
DRAIN_SECONDS = 10
# Who reads none of what was sent for so long is let go, by the network itself.
UNREAD_SECONDS = 60


class Command(BaseCommand):
    help = (
        "Sets EduCounsel up where it is new, and serves it on http://127.0.0.1:PORT until Ctrl-C."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        listener = _listen_on(env.whole("PORT", 8000, most=65535))
        _check_data_folder()
        # In production a release is prepared once, before its processes start.
        with nullcontext() if settings.PRODUCTION else only_one_on(settings.DATA_DIR):
            if not settings.PRODUCTION:
                _set_up()
            _run(listener, self._say_where)
        self.stdout.write("EduCounsel berhenti.")

    def _say_where(self, listener: socket.socket) -> None:
        address = f"http://{HOST}:{listener.getsockname()[1]}"
        self.stdout.write(f"\nEduCounsel: {address}  (Ctrl-C menghentikannya)")
        self.stdout.flush()


def _listen_on(port: int) -> socket.socket:
    """Before everything else, so that a busy port is told at once."""
    try:
        listener = socket.create_server((HOST, port), backlog=QUEUE)
    except (OSError, OverflowError) as error:
        raise CommandError(
            f"Port {port} cannot be used ({_cause(error)}). Choose another: PORT=8001 make run"
        ) from error
    # Connections inherit it. asyncio does not set it on a socket that it did not make itself, and
    # then the end of an answer in two parts waits 40 ms for the reader to acknowledge the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # on Linux
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1000)
    return listener


def _cause(error: OSError | OverflowError) -> str:
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)


def _check_data_folder() -> None:
    try:
        with tempfile.TemporaryFile(dir=settings.DATA_DIR):
            pass
    except OSError as error:
        raise CommandError(
            f"EduCounsel cannot write to {settings.DATA_DIR} ({error.strerror}). "
            "Choose a folder it may write to with EDUCOUNSEL_DATA."
        ) from error


def _set_up() -> None:
    call_command("prepare")
    if settings.DEMO:
        call_command("seed_demo")
        call_command("demo_accounts")


class Server(uvicorn.Server):
    """Says where it is once it answers there."""

    def __init__(self, config: uvicorn.Config, say_where: Callable[[socket.socket], None]) -> None:
        super().__init__(config)
        self._say_where = say_where

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or []:
            listener.listen(QUEUE)
            self._say_where(listener)


def _run(listener: socket.socket, say_where: Callable[[socket.socket], None]) -> None:
    take_files()
    for name in ("asyncio", "uvicorn.error", "educounsel.server.connections"):
        logging.getLogger(name).addFilter(Seldom())
    config = uvicorn.Config(
        "educounsel.asgi:application",
        loop="asyncio",  # the same on every machine, whatever else is installed
        timeout_graceful_shutdown=DRAIN_SECONDS,
        log_level="warning",
        log_config=None,  # its lines are written as ours are: of an error never its words
        access_log=False,
        server_header=False,
        **CONNECTIONS,
        **SOCKETS,
    )
    try:
        Server(config, say_where).run(sockets=[listener])
    except KeyboardInterrupt:  # uvicorn stops in order, then hands Ctrl-C on
        _end_by(signal.SIGINT)


def _end_by(signum: signal.Signals) -> None:
    """As SIGTERM does it: Python would first wait for every thread, and a job may never end."""
    signal.signal(signum, signal.SIG_DFL)
    signal.raise_signal(signum)
