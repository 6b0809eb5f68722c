"""E-mail, for staff and for those who have an address. It says as little as a locked screen."""

from collections.abc import Collection
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from educounsel.accounts.models import User
from educounsel.notifications.channels.words import TryLater, Unreachable, Words
from educounsel.notifications.models import Channel

NAME = Channel.EMAIL


def is_on() -> bool:
    """A mail without a link helps nobody."""
    return bool(settings.MAIL_SERVER and settings.PUBLIC_URL)


def addresses_of(people: Collection[int]) -> dict[int, list[int]]:
    reachable = User.objects.active().filter(pk__in=people, email__isnull=False)
    return {pk: [pk] for pk in reachable.values_list("pk", flat=True)}


def send(words: Words, address: int) -> None:
    person = User.objects.active().filter(pk=address, email__isnull=False).first()
    if person is None or person.email is None:
        raise Unreachable
    try:
        _mail_to(person, person.email, words).send()
    except SMTPRecipientsRefused as error:
        raise Unreachable from error
    except (SMTPException, OSError) as error:
        raise TryLater from error


def _mail_to(person: User, address: str, words: Words) -> EmailMultiAlternatives:
    preferences = _absolute(reverse("notifications:preferences"))
    page = {"words": words, "link": _absolute(words.path), "preferences": preferences}
    page["is_student"] = person.is_student
    mail = EmailMultiAlternatives(
        subject=words.text,
        body=render_to_string("notifications/mail.txt", page),
        to=[address],
        headers={
            "List-Unsubscribe": f"<{preferences}>",
            "Message-ID": f"<{words.tag}.{person.pk}@educounsel>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string("notifications/mail.html", page), "text/html")
    return mail


def _absolute(path: str) -> str:
    return settings.PUBLIC_URL.rstrip("/") + path
