"""A provider that keeps failing is left alone for a while, by every thread and every process.

Counted in the cache: where that is lost or inexact, somebody asks once more than needed.
"""

from math import ceil

from django.core.cache import cache

from educounsel.companion.providers import ProviderFailed

FAILURES, OPEN_SECONDS, LONGEST_SECONDS, REMEMBERED_SECONDS = 3, 30, 600, 900
_FAILED, _OPEN, _PROBE = (f"companion:provider:{what}" for what in ("failed", "open", "probe"))


def may_ask() -> bool:
    """After the pause one goes ahead; the others follow once it has found the provider well."""
    if cache.get(_OPEN):
        return False
    return cache.get(_FAILED, 0) < FAILURES or cache.add(_PROBE, 1, OPEN_SECONDS)


def worked() -> None:
    if cache.get(_FAILED):
        cache.delete_many([_FAILED, _OPEN, _PROBE])


def failed(failure: ProviderFailed) -> None:
    """What asking again cannot help is the question's fault or the key's, not a weak moment."""
    if failure.is_permanent:
        return
    count = cache.get(_FAILED, 0) + 1
    cache.set(_FAILED, count, REMEMBERED_SECONDS)
    if failure.retry_after:
        cache.set(_OPEN, 1, min(ceil(failure.retry_after), LONGEST_SECONDS))
    elif count >= FAILURES:
        cache.set(_OPEN, 1, OPEN_SECONDS)
    cache.delete(_PROBE)
