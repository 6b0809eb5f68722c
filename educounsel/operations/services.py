"""Services of others: each is asked for something that changes nothing and costs next to nothing.

What a service says is not repeated: it may quote our key.
"""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager

import openai
from django.conf import settings
from django.core.mail import mailers

from educounsel.materi import embeddings
from educounsel.notifications.channels import whatsapp
from educounsel.operations.parts import Away, Part
from educounsel.realtime import hosted

LEAST_TOKENS = 16  # that the Responses API takes


def services() -> Iterator[Part]:
    if settings.OPENAI_API_KEY:
        yield Part("AI provider", _provider)
    if embeddings.are_on():
        yield Part("embeddings", _embeddings)
    if settings.MAIL_SERVER:
        yield Part("mail", _mail)
    if settings.WHATSAPP_PHONE_NUMBER_ID:
        yield Part("WhatsApp", _whatsapp)
    if settings.PUSHER_APP_ID:
        yield Part("Pusher", _pusher)


def _provider() -> str:
    client = openai.OpenAI(
        api_key=settings.OPENAI_API_KEY,
        base_url=settings.OPENAI_BASE_URL,
        timeout=10,
        max_retries=0,
    )
    with client, _refusals_named("OPENAI_API_KEY, OPENAI_BASE_URL or OPENAI_MODEL"):
        if not _lists_our_model(client):
            _speak_a_word(client)
    return f"takes the key, and has {settings.OPENAI_MODEL}"


def _lists_our_model(client: openai.OpenAI) -> bool:
    """False proves nothing: many have no list, or name a model otherwise in it."""
    try:
        return settings.OPENAI_MODEL in {model.id for model in client.models.list()}
    except openai.NotFoundError:
        return False


def _speak_a_word(client: openai.OpenAI) -> None:
    if settings.OPENAI_API == "responses":
        client.responses.create(
            model=settings.OPENAI_MODEL, input="Halo", max_output_tokens=LEAST_TOKENS, store=False
        )
    else:
        client.chat.completions.create(
            model=settings.OPENAI_MODEL,
            messages=[{"role": "user", "content": "Halo"}],
            max_completion_tokens=1,
        )


def _embeddings() -> str:
    with _refusals_named("OPENAI_API_KEY, OPENAI_BASE_URL or OPENAI_EMBEDDINGS"):
        return f"{embeddings.length_of_one()} numbers by {settings.OPENAI_EMBEDDINGS}"


@contextmanager
def _refusals_named(settings_in_question: str) -> Iterator[None]:
    try:
        yield
    except openai.APIStatusError as error:
        raise _refused(error.status_code, settings_in_question) from error


def _mail() -> str:
    mailer = mailers["default"]
    try:
        mailer.open()
        mailer.close()
    except smtplib.SMTPAuthenticationError as refusal:
        raise Away("The mail server refuses EMAIL_USER or EMAIL_PASSWORD.") from refusal
    return settings.MAIL_SERVER


def _whatsapp() -> str:
    if not whatsapp.is_on():
        raise Away("It is off: it needs WHATSAPP_TEMPLATE and PUBLIC_URL too.")
    if (status := whatsapp.status_of_own_number()) != 200:
        raise _refused(status, "WHATSAPP_TOKEN or WHATSAPP_PHONE_NUMBER_ID")
    return "takes the token"


def _pusher() -> str:
    if (status := hosted.status_of_own_app()) != 200:
        raise _refused(status, "PUSHER_APP_ID, PUSHER_KEY, PUSHER_SECRET or PUSHER_CLUSTER")
    return "takes the key and the signature"


def _refused(status: int, settings_in_question: str) -> Away:
    return Away(f"It answers {status}: look at {settings_in_question}.")
