"""Whether the student has seen an answer. Who has not is told once a conversation, quietly.

A page that hears of a finished answer fetches it at once, and what was fetched is marked in its
row. So where nothing has fetched it after GRACE, no open page of the student shows it.
"""

import logging
from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db import OperationalError, transaction
from django.urls import reverse
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.companion.models import Conversation, Level, Message, Reply
from educounsel.companion.notices import AnswerReady
from educounsel.notifications.notify import notify, told

log = logging.getLogger(__name__)
GRACE = timedelta(seconds=10)


def see(student: User, turns: Iterable[Message]) -> None:
    """These stand on a page of the student now. A page that shows nothing new writes nothing."""
    new = [turn for turn in turns if turn.reply.finished_at and not turn.reply.seen_at]
    try:
        _mark(student, new)
    except OperationalError:  # a full disk keeps nobody from reading
        log.warning("What a student has seen could not be marked")


def _mark(student: User, new: Collection[Message]) -> None:
    if not new:
        return
    unseen = Reply.objects.finished().filter(message__in=new, seen_at=None)
    unseen.update(seen_at=timezone.now())
    for conversation_id in {turn.conversation_id for turn in new}:
        told(student.pk, AnswerReady, _address(conversation_id)).mark_read()


@transaction.atomic
def tell_unless_seen(message_id: int) -> None:
    """One unread notification a conversation: a second answer adds none.

    None for what was said in danger, where people answer, nor for a conversation of the moment.
    """
    waiting = Reply.objects.finished().filter(message_id=message_id, seen_at=None)
    quiet = waiting.exclude(message__level=Level.CRISIS).exclude(source=Reply.Source.PEOPLE)
    kept = quiet.filter(
        message__conversation__is_temporary=False, message__conversation__removed_at=None
    )
    for reply in kept.select_related("message"):
        _tell(reply.message)


def _tell(message: Message) -> None:
    # One after the other: two answers of one conversation may be ready at once.
    locked = Conversation.objects.select_for_update(no_key=True)
    conversation = locked.get(pk=message.conversation_id)
    address = _address(conversation.pk)
    if told(conversation.student_id, AnswerReady, address).unread().exists():
        return
    notice = AnswerReady(
        subject=f"answer:{message.pk}",
        title="Jawaban sudah siap",
        url=address,
    )
    notify([conversation.student_id], notice)


def _address(conversation_id: int) -> str:
    return reverse("companion:conversation", args=[conversation_id])
