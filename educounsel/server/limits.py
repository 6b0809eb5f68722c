"""What the process may have open, and how often its log says that somebody met a limit."""

import logging
import resource
import time
from contextlib import suppress

ENOUGH_FILES = 65_536
QUIET_SECONDS = 10.0
# Lines that anybody outside can cause, as often as they like.
CAUSED_FROM_OUTSIDE = (
    "socket.accept() out of system resource",
    "socket.send() raised exception.",
    "Invalid HTTP request received.",
    "Unsupported upgrade request.",
    "New connections are refused",
)


def take_files() -> None:
    """As many as the machine lets this process have open: the limit in force is often lower."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(hard, ENOUGH_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):  # macOS has a limit beside it
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def most_connections() -> int:
    """Database, files and large bodies need some of the files that a process may have open too."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = ENOUGH_FILES if soft == resource.RLIM_INFINITY else soft
    return max(10, files - max(100, files // 4))


class Seldom(logging.Filter):
    """Lets each of those lines through once in a while."""

    def __init__(self) -> None:
        super().__init__()
        self._quiet_until: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        line = str(record.msg)
        known = next((each for each in CAUSED_FROM_OUTSIDE if line.startswith(each)), None)
        return known is None or self._is_due(known)

    def _is_due(self, line: str) -> bool:
        now = time.monotonic()
        if now < self._quiet_until.get(line, 0):
            return False
        self._quiet_until[line] = now + QUIET_SECONDS
        return True
