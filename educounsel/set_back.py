"""A clock that was set back finds times ahead of it that it could not have written.

A machine that starts with a wrong clock is right again minutes later. What it wrote meanwhile would
hold its job up until that hour comes round again: nobody else may touch it while its lease runs.
"""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django_ox.models import OxTask

# As far apart as the clocks of several machines may be.
APART = timedelta(minutes=1)
# Between two tries of a job: seconds by the settings, up to 20 where a provider asked for them.
LONGEST_PAUSE = timedelta(seconds=30)
# Between two sendings of what is urgent: half an hour (notifications/elsewhere.py).
LONGEST_URGENT_WAIT = timedelta(minutes=30)


def shorten_leases_ahead(seconds: float) -> None:
    """As if taken now, for so long: a worker that lives renews its own, and of one that is dead it
    is taken back."""
    lease = timedelta(seconds=seconds)
    ahead = OxTask.objects.filter(
        status=OxTask.Status.RUNNING, lease_expires_at__gt=Now() + lease + APART
    )
    if ahead.exists():
        ahead.update(locked_at=Now(), lease_expires_at=Now() + lease)


def shorten_pauses_ahead() -> None:
    """The next try comes now. What else was never tried may well be meant for tomorrow."""
    now = timezone.now()
    tried = Q(attempts__gt=0, run_after__gt=now + LONGEST_PAUSE + APART)
    urgent = Q(queue_name="urgent", run_after__gt=now + LONGEST_URGENT_WAIT + APART)
    ahead = OxTask.objects.filter(tried | urgent, status=OxTask.Status.READY)
    if ahead.exists():
        ahead.update(run_after=timezone.now())
