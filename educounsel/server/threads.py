"""Database work of the event loop, done on a thread that keeps no connection it does not need."""

import asyncio
from collections.abc import Callable

from django.db import close_old_connections


async def in_thread[**P, R](work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """As a request does by itself: a pooled connection goes back to its pool afterwards."""

    def run() -> R:
        close_old_connections()
        try:
            return work(*args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.to_thread(run)
