from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format

register = template.Library()
NEAR = {0: "Hari ini", 1: "Besok", 2: "Lusa"}


@register.filter
def day_word(moment: datetime) -> str:
    """Besok, or the date where no word is shorter; always as the school's calendar has it."""
    day = timezone.localtime(moment).date()
    ahead = (day - timezone.localdate()).days
    return NEAR.get(ahead) or date_format(day, "l, j F")
