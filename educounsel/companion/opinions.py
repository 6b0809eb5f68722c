"""Opinions beside the screening's, heard while an answer is written: they may raise a level, or
keep an answer back.

The screening has judged the message long before; nothing waits for these, and where one fails
nothing changes.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread

from django.conf import settings

from educounsel.companion.checking import marks_in
from educounsel.companion.masking import Mask
from educounsel.companion.models import Level, Message
from educounsel.companion.providers import ProviderFailed, breaker, moderation
from educounsel.companion.raising import Alarm, raise_level
from educounsel.companion.sealed import Unopened

log = logging.getLogger(__name__)
# From the end of the answer on; a job thread is held no longer than this.
LAST_WAIT_SECONDS = 3.0
MODERATION = "moderation"

BY_MODEL = {
    "bahaya": Alarm(Level.CRISIS, "distress", "self", "model:bahaya"),
    "perhatian": Alarm(Level.CONCERN, "distress", "self", "model:perhatian"),
}


class Moderation:
    """Of one message: asked when made, on a thread of its own, where the setting says so."""

    def __init__(self, message: Message) -> None:
        self._message = message
        self._answer: Future[Alarm | None] | None = None
        if _may_ask(message):
            masked = Mask(message.conversation.student)(message.text)
            self._answer = _asked(moderation.judge, masked)

    def heed(self) -> bool:
        """True where it has just been heard and means danger."""
        return bool(self._answer and self._answer.done()) and self.wait()

    def wait(self) -> bool:
        """As `heed`, after waiting for what has not come yet."""
        answer, self._answer = self._answer, None
        alarm = _heard(answer, self._message, LAST_WAIT_SECONDS) if answer else None
        return alarm is not None and raise_level(self._message, alarm)


def keeps_back(message: Message, said: str, seconds: float) -> bool:
    """Whether the provider's moderation finds harm in the whole answer to a message.

    No where it fails, or where it might take longer than there is time.
    """
    if seconds < LAST_WAIT_SECONDS or not _may_ask(message):
        return False
    found = _heard(_asked(moderation.finds_harm, said), message, LAST_WAIT_SECONDS)
    return found is True


def _may_ask(message: Message) -> bool:
    is_on = settings.OPENAI_MODERATION and settings.OPENAI_API_KEY
    return bool(is_on) and not isinstance(message.text, Unopened) and breaker.may_ask(MODERATION)


def _asked[T](judge: Callable[[str], T], text: str) -> "Future[T]":
    answer: Future[T] = Future()
    Thread(target=_ask, args=(judge, text, answer), name="moderation", daemon=True).start()
    return answer


def _ask[T](judge: Callable[[str], T], text: str, answer: "Future[T]") -> None:
    try:
        answer.set_result(judge(text))
    except Exception as error:
        answer.set_exception(error)


def _heard[T](answer: "Future[T]", message: Message, seconds: float) -> T | None:
    try:
        found = answer.result(timeout=seconds)
    except Exception as error:
        # Neither the error nor its cause: they may repeat what the student wrote.
        log.warning("Moderation of message %s: %s", message.pk, type(error).__name__)
        breaker.failed(ProviderFailed(MODERATION), MODERATION)
        return None
    breaker.worked(MODERATION)
    return found


def heed_model(message: Message, said: str, *, is_whole: bool) -> bool:
    """Whether the model has just said that the message means danger."""
    found = marks_in(said, is_whole=is_whole)
    return any(raise_level(message, BY_MODEL[mark]) for mark in BY_MODEL if mark in found)
