"""A call that somebody waits for ends in time, whether or not what it asks of answers.

A time-out of a socket begins anew with each byte: who sends a letter a second is waited for without
an end. Such a call goes on beside, on one of a few threads, until its sockets give up.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

BESIDE = ThreadPoolExecutor(8, thread_name_prefix="beside")


def within[R](seconds: float, work: Callable[[], R], *, too_late: Callable[[], object]) -> R:
    """Raises TimeoutError. `too_late` undoes what is done after all when nobody waits any more."""
    doing = BESIDE.submit(work)
    try:
        return doing.result(timeout=seconds)
    except TimeoutError:
        if not doing.cancel():
            doing.add_done_callback(lambda done: _undo(done, too_late))
        raise


def _undo[R](done: "Future[R]", too_late: Callable[[], object]) -> None:
    if not done.exception():
        too_late()
