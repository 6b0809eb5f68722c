"""A message's level goes up after it was saved, never down: a second opinion found more in it."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.companion import cases
from educounsel.companion.models import Asking, Level, Message, Reply
from educounsel.realtime import push

WORDS_OF_PEOPLE = (
    "Terima kasih sudah cerita. Itu berani. Kamu tidak salah. Kamu tidak harus menghadapi ini"
    " sendirian: di kartu bantuan tertulis siapa di sekolahmu yang diberi tahu. Kalau kamu tidak"
    " aman sekarang, dekati orang dewasa yang kamu percaya atau telepon salah satu nomor di kartu"
    " itu."
)


@dataclass(frozen=True)
class Alarm:
    """What somebody besides the screening thinks of a message. `rule` says who, and why."""

    level: Level
    category: str
    danger_to: str
    rule: str


def raise_level(message: Message, alarm: Alarm) -> bool:
    """True where the message means danger now and did not before: then people answer it.

    Safe to call again with the same alarm; a message that is gone, or graver already, stays so.
    """
    if not _is_graver(alarm, message):
        return False
    with transaction.atomic():
        # As in asking.py one message of a student after the other, or two cases would open.
        User.objects.select_for_update(no_key=True).get(pk=message.conversation.student_id)
        there = Message.objects.filter(pk=message.pk).first()
        if there is None or not _is_graver(alarm, there):
            return False
        _write_down(there, alarm)
        if there.is_crisis:
            cases.open_or_join(there)
            _let_people_answer(there)
    message.level = there.level
    return there.is_crisis


def _is_graver(alarm: Alarm, message: Message) -> bool:
    order = Level.values
    return order.index(alarm.level) > order.index(message.level)


def _write_down(message: Message, alarm: Alarm) -> None:
    message.level, message.category = alarm.level, alarm.category
    message.danger_to, message.rule = alarm.danger_to, alarm.rule
    message.save(update_fields=["level", "category", "danger_to", "rule"])
    Asking.objects.create(student_id=message.conversation.student_id, level=alarm.level)


def _let_people_answer(message: Message) -> None:
    """Whoever writes the answer is overtaken by this; the open page fetches the card with it."""
    now = timezone.now()
    Reply.objects.filter(message=message).update(
        status=Reply.Status.DONE,
        source=Reply.Source.PEOPLE,
        text=WORDS_OF_PEOPLE,
        citations=[],
        suggests_meeting=False,
        revision=F("revision") + 1,
        touched_at=now,
        finished_at=now,
    )
    push.to_user(message.conversation.student_id, "companion", {"message": message.pk})
