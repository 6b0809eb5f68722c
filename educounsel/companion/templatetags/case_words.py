"""How pages say what is left of a wait, and how long something took."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format

register = template.Library()

HOUR = timedelta(hours=1)


@register.filter
def seconds_left(moment: datetime) -> int:
    return max(0, round((moment - timezone.now()).total_seconds()))


@register.filter
def is_near(moment: datetime) -> bool:
    """Whether counting the minutes says more than the hour does."""
    return moment - timezone.now() < HOUR


@register.filter
def minutes(seconds: timedelta | float) -> str:
    """ "3:12", of a time span or of seconds."""
    whole = int(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    return f"{whole // 60}:{whole % 60:02}"


@register.filter
def at_clock(moment: datetime) -> str:
    """ "10.05", and the day where it is another one."""
    local = timezone.localtime(moment)
    return date_format(local, "H.i" if is_today(moment) else "H.i, l j F")


@register.filter
def is_today(moment: datetime) -> bool:
    return timezone.localdate(moment) == timezone.localdate()
