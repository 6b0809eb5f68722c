"""WhatsApp by Meta's Cloud API: one approved template, for those who agreed.

POST /{version}/{phone-number-id}/messages. The template has two places in its text: what may stand
on a locked screen, and the link.
"""

import logging
import re
from collections.abc import Collection
from typing import Any

import requests
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.notifications.channels.words import TryLater, Unreachable, Words
from educounsel.notifications.models import Channel, WhatsAppConsent

log = logging.getLogger(__name__)
NAME = Channel.WHATSAPP
TIMEOUT = 10
MOBILE = re.compile(r"628[0-9]{8,11}")
# Error codes of the Cloud API: of the whole app, of the number, of the pair of numbers.
TOO_MANY = {4, 80007, 130429, 131048, 131056}
BAD_TOKEN = {0, 190}


def is_on() -> bool:
    return bool(
        settings.WHATSAPP_TOKEN
        and settings.WHATSAPP_PHONE_NUMBER_ID
        and settings.WHATSAPP_TEMPLATE
        and settings.PUBLIC_URL
    )


def addresses_of(people: Collection[int]) -> dict[int, list[int]]:
    agreed = WhatsAppConsent.objects.filter(person__in=people, withdrawn_at=None)
    return {person: [pk] for person, pk in agreed.values_list("person", "pk")}


def send(words: Words, address: int) -> None:
    consent = WhatsAppConsent.objects.filter(pk=address, withdrawn_at=None).first()
    if consent is None:
        raise Unreachable
    try:
        answer = requests.post(
            f"{_own_number()}/messages",
            json=_message(consent.number, words),
            headers=_token(),
            timeout=TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise TryLater from error
    if answer.status_code != 200:
        _explain(answer)


def status_of_own_number() -> int:
    """With which the API answers whether it knows the number that we send from."""
    return requests.get(
        _own_number(), headers=_token(), timeout=TIMEOUT, allow_redirects=False
    ).status_code


def _own_number() -> str:
    return f"{settings.WHATSAPP_BASE_URL.rstrip('/')}/{settings.WHATSAPP_PHONE_NUMBER_ID}"


def _token() -> dict[str, str]:
    return {"Authorization": f"Bearer {settings.WHATSAPP_TOKEN}"}


def _message(number: str, words: Words) -> dict[str, Any]:
    link = settings.PUBLIC_URL.rstrip("/") + words.path
    texts = [{"type": "text", "text": text} for text in (words.text, link)]
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": number,
        "type": "template",
        "template": {
            "name": settings.WHATSAPP_TEMPLATE,
            "language": {"code": "id"},
            "components": [{"type": "body", "parameters": texts}],
        },
    }


def _explain(answer: requests.Response) -> None:
    """The log is told a code, never a number: whoever it belongs to is a child, perhaps."""
    code = _code_of(answer)
    if answer.status_code == 401 or code in BAD_TOKEN:
        log.error("WhatsApp refuses WHATSAPP_TOKEN: renew it")
        raise TryLater
    if answer.status_code == 429 or answer.status_code >= 500 or code in TOO_MANY:
        wait = answer.headers.get("Retry-After", "")
        raise TryLater(int(wait) if wait.isdecimal() else 0)
    log.warning("WhatsApp refused a message: status %s, code %s", answer.status_code, code)
    raise Unreachable


def _code_of(answer: requests.Response) -> int | None:
    try:
        code = answer.json()["error"]["code"]
    except (ValueError, KeyError, TypeError):
        return None
    return code if isinstance(code, int) else None


# --- Consent -----------------------------------------------------------------------------------


def tidy_number(typed: str) -> str | None:
    """0812-3456-7890 and +62 812 3456 7890 are 6281234567890; None for no Indonesian mobile."""
    digits = re.sub(r"[\s().-]", "", typed)
    digits = re.sub(r"^(\+62|0)", "62", digits)
    return digits if MOBILE.fullmatch(digits) else None


def consent_of(person: User) -> WhatsAppConsent | None:
    return WhatsAppConsent.objects.filter(person=person, withdrawn_at=None).first()


@transaction.atomic
def agree(person: User, number: str) -> None:
    """Another number is another consent; the one before stays on record as withdrawn."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    now = consent_of(person)
    if now and now.number == number:
        return
    withdraw(person)
    WhatsAppConsent.objects.create(person=person, number=number)


def withdraw(person: User) -> None:
    agreed = WhatsAppConsent.objects.filter(person=person, withdrawn_at=None)
    agreed.update(withdrawn_at=timezone.now())
