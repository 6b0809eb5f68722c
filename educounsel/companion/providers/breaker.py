"""What keeps failing at the provider is left alone for a while, by every thread and process.

Counted in the cache: where that is lost or inexact, somebody asks once more than needed.
"""

from math import ceil

from django.core.cache import cache

from educounsel.companion.providers import ProviderFailed
from educounsel.companion.providers.openai import TOTAL_SECONDS

FAILURES, OPEN_SECONDS, LONGEST_SECONDS, REMEMBERED_SECONDS = 3, 30, 600, 900
# Whoever goes ahead may be held by a silent provider for so long; two students are not.
PROBE_SECONDS = ceil(TOTAL_SECONDS)
ANSWERS = "provider"


def may_ask(who: str = ANSWERS) -> bool:
    """After the pause one goes ahead; the others follow once it has found the provider well."""
    failures, is_open, probe = _keys(who)
    if cache.get(is_open):
        return False
    return cache.get(failures, 0) < FAILURES or cache.add(probe, 1, PROBE_SECONDS)


def worked(who: str = ANSWERS) -> None:
    failures, *others = _keys(who)
    if cache.get(failures):
        cache.delete_many([failures, *others])


def failed(failure: ProviderFailed, who: str = ANSWERS) -> None:
    """What asking again cannot help is the question's fault or the key's, not a weak moment."""
    if failure.is_permanent:
        learned_nothing(who)
        return
    failures, is_open, probe = _keys(who)
    count = cache.get(failures, 0) + 1
    cache.set(failures, count, REMEMBERED_SECONDS)
    if failure.retry_after:
        cache.set(is_open, 1, min(ceil(failure.retry_after), LONGEST_SECONDS))
    elif count >= FAILURES:
        cache.set(is_open, 1, OPEN_SECONDS)
    cache.delete(probe)


def learned_nothing(who: str = ANSWERS) -> None:
    """Whoever went ahead came back before the provider was found well or not: the next one goes."""
    cache.delete(_keys(who)[-1])


def _keys(who: str) -> list[str]:
    return [f"companion:{who}:{what}" for what in ("failed", "open", "probe")]
