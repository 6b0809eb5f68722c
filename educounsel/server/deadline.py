"""A call that somebody waits for ends in time, whether or not what it asks of answers.

A time-out of a socket begins anew with each byte: who sends a letter a second is waited for without
an end. Such a call goes on beside, for as long as it likes, on one of a few threads.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Semaphore

AT_ONCE = 8  # as many as there are page threads: more are only where some were given up
BESIDE, PLACES = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="beside"), Semaphore(AT_ONCE)


def within[R](seconds: float, work: Callable[[], R], *, too_late: Callable[[], object]) -> R:
    """Raises TimeoutError; at once where every place is taken by a call that does not end.
    `too_late` undoes what is done after all when nobody waits any more."""
    if not PLACES.acquire(blocking=False):
        raise TimeoutError
    doing = BESIDE.submit(work)
    doing.add_done_callback(lambda _: PLACES.release())
    try:
        return doing.result(timeout=seconds)
    except TimeoutError:
        doing.add_done_callback(lambda done: _undo(done, too_late))
        raise


def _undo[R](done: "Future[R]", too_late: Callable[[], object]) -> None:
    if not done.exception():
        too_late()
