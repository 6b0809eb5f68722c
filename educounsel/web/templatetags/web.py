"""What every template may use without loading it."""

import re
from datetime import datetime, timedelta

from django import template
from django.forms import BoundField
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

register = template.Library()

TITLES = {"bu", "ibu", "pak", "bapak", "drs.", "dra.", "dr.", "h.", "hj."}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A drawing of icons.svg. Decoration unless it has a label, which it then says aloud."""
    speech = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon" {}><use href="{}#{}"/></svg>',
        SafeString(speech),
        static("web/icons.svg"),
        name,
    )


@register.inclusion_tag("web/_field.html")
def field(bound: BoundField, hint: str = "") -> dict[str, object]:
    """Label, hint, errors and control, tied together for screen readers by Django's own ids."""
    bound.help_text = conditional_escape(hint) or bound.help_text
    return {"field": bound}


@register.inclusion_tag("web/_empty_state.html")
def empty_state(
    icon: str, title: str, text: str = "", url: str = "", action: str = ""
) -> dict[str, object]:
    return {"icon": icon, "title": title, "text": text, "url": url, "action": action}


@register.inclusion_tag("web/_nav_item.html", takes_context=True)
def nav_item(context: template.Context, url_name: str, icon: str, label: str) -> dict[str, object]:
    """An item of the main menu: current on every page of the app that its URL name begins with."""
    current = _app_of(context.get("request")) == url_name.partition(":")[0]
    return {"url": reverse(url_name), "icon": icon, "label": label, "current": current}


def _app_of(request: HttpRequest | None) -> str | None:
    match = request.resolver_match if request else None
    return match.app_name if match else None


@register.filter
def initials(name: str) -> str:
    """ "Bu Rina Nuraini, S.Pd." is RN: titles and degrees are not part of a name."""
    words = [word for word in name.partition(",")[0].split() if word.lower() not in TITLES]
    return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()


@register.filter
def ago(moment: datetime) -> str:
    """ "baru saja", "5 menit lalu", "2 minggu lalu"."""
    if timezone.now() - moment < timedelta(minutes=1):
        return "baru saja"
    return f"{timesince(moment, depth=1)} lalu"


@register.filter
def tel(number: str) -> str:
    """What a phone dials: "119 ext 8" is 119, a pause, then 8."""
    return re.sub(r"[^\d+,]", "", re.sub(r"\s*ext\.?\s*", ",", number, flags=re.IGNORECASE))
