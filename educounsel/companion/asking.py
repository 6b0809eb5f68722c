"""COMPANION: what a student says is saved and screened before anything else happens."""

from datetime import datetime, timedelta
from operator import itemgetter
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.companion import cases
from educounsel.companion.checking import cited_in
from educounsel.companion.models import (
    REMEMBERED,
    Asking,
    Conversation,
    Level,
    Message,
    Refused,
    Reply,
)
from educounsel.companion.raising import WORDS_OF_PEOPLE
from educounsel.companion.screening import Verdict, after_crisis, screen
from educounsel.companion.sealed import Unopened
from educounsel.companion.tasks import process_chatbot
from educounsel.form_keys import key_of
from educounsel.realtime import push

LONGEST = 2000
A_MINUTE, AN_HOUR = 10, 100
WINDOW = 5  # so many messages are read together


class AskingRefused(Exception):
    """A sentence for the student; the message was screened, and nothing in it means danger."""

    sentence: str
    status: int


class TooLong(AskingRefused):
    sentence = (
        f"Pesanmu lebih dari {LONGEST} huruf. Kirim sedikit demi sedikit ya, aku baca semuanya."
    )
    status = 422


class TooMany(AskingRefused):
    sentence = (
        "Pesanmu datang cepat sekali. Tarik napas dulu, lalu kirim lagi sebentar lagi. Kalau ini"
        " mendesak, buka Bantuan di atas."
    )
    status = 429


class TooManyInAnHour(AskingRefused):
    sentence = (
        "Dalam satu jam ini kamu sudah menulis banyak sekali. Istirahat dulu, minum, atau temui"
        " seseorang, lalu kirim lagi nanti. Kalau ini mendesak, buka Bantuan di atas."
    )
    status = 429


def ask(student: User, text: str, key: UUID, conversation: Conversation | None = None) -> Message:
    """Saves the message and sees to its answer. The same words and key again are the same message.

    A limit refuses only what the screening found harmless: a message that means danger is always
    saved, and always reaches a human. What was refused is still read together with what comes next.
    """
    with transaction.atomic():
        # One message of a student after the other: the limits and the key count exactly.
        User.objects.select_for_update(no_key=True).get(pk=student.pk)
        known, key = _sent_before(student, text, key)
        if known:
            return known
        verdict = judge(student, text)
        conversation = conversation or _latest_of(student)
        refusal = _too_much(student, text) if verdict.level != Level.CRISIS else None
        if refusal is None:
            return _take(conversation, text, key, verdict)
        _remember(conversation, text)
    raise refusal


def hear(student: User, words: str, key: UUID, conversation: Conversation) -> bool:
    """Words typed elsewhere, as a note or a name. True where they mean danger: then they are
    said in the conversation too."""
    is_danger = bool(words) and judge(student, words).level == Level.CRISIS
    if is_danger:
        ask(student, words, key, conversation)
    return is_danger


def _take(conversation: Conversation, text: str, key: UUID, verdict: Verdict) -> Message:
    Asking.objects.create(student_id=conversation.student_id, level=verdict.level)
    message = _save(conversation, text, key, verdict)
    _see_to_the_answer(message)
    _tell(message.reply)
    return message


def _sent_before(student: User, text: str, key: UUID) -> tuple[Message | None, UUID]:
    """The message where it is there, and the key it has, or is to have.

    Other words under the key of a message, after "back" or a lost answer, get one of their own.
    """
    another = key_of(key, text)
    for known in Message.objects.visible_to(student).filter(key__in=(key, another)):
        if known.key == another or known.text == text:
            return known, known.key
        key = another
    return None, key


def judge(student: User, text: str) -> Verdict:
    """A crisis of a moment ago counts even where its words were deleted since."""
    verdict = screen(text, _said_before(student))
    lately = student.askings.since(REMEMBERED).order_by("-pk").values_list("level", flat=True)
    return after_crisis(text, verdict) if Level.CRISIS in lately[: WINDOW - 1] else verdict


def _said_before(student: User) -> list[str]:
    """Oldest first; what a limit refused is among them."""
    saved = Message.objects.visible_to(student).since(REMEMBERED).order_by("-pk")
    refused = Refused.objects.of(student).since(REMEMBERED).order_by("-pk")
    said: list[tuple[datetime, str]] = []
    for rows in (saved, refused):
        said += reversed(rows.values_list("created_at", "text")[: WINDOW - 1])
    recent = sorted(said, key=itemgetter(0))[1 - WINDOW :]
    return [text for _, text in recent if not isinstance(text, Unopened)]


def _too_much(student: User, text: str) -> AskingRefused | None:
    if len(text) > LONGEST:
        return TooLong()
    mine = student.askings.all()
    if mine.since(timedelta(hours=1)).count() >= AN_HOUR:
        return TooManyInAnHour()
    if mine.since(timedelta(minutes=1)).count() >= A_MINUTE:
        return TooMany()
    return None


def _remember(conversation: Conversation, text: str) -> None:
    """Once, however often it is sent, and its end where it is long: the next words go on there."""
    end = text[-LONGEST:]
    mine = Refused.objects.of(conversation.student).order_by("-pk")
    gone = [row.pk for place, row in enumerate(mine) if row.text == end or place >= WINDOW - 2]
    mine.filter(pk__in=gone).delete()
    Refused.objects.create(conversation=conversation, text=end)


def _latest_of(student: User) -> Conversation:
    return conversation_of(student) or Conversation.objects.create(student=student)


def _save(conversation: Conversation, text: str, key: UUID, verdict: Verdict) -> Message:
    Conversation.objects.filter(pk=conversation.pk).update(updated_at=timezone.now())
    return Message.objects.create(
        conversation=conversation,
        text=text,
        key=key,
        level=verdict.level,
        category=verdict.category,
        danger_to=verdict.danger_to,
        rule=verdict.rule,
        detector_version=verdict.detector_version,
    )


def conversation_of(student: User) -> Conversation | None:
    return Conversation.objects.visible_to(student).select_related("student").first()


def _see_to_the_answer(message: Message) -> None:
    """Words of people at once where there is danger; no model, so no queue to wait for."""
    if message.is_crisis:
        cases.open_or_join(message)
        Reply.objects.create(
            message=message,
            status=Reply.Status.DONE,
            source=Reply.Source.PEOPLE,
            text=WORDS_OF_PEOPLE,
            finished_at=timezone.now(),
        )
    else:
        Reply.objects.create(message=message)
        process_chatbot.enqueue(message.pk)


def stop(reply: Reply) -> None:
    """The student has read enough: what is written stays, and whoever writes stops."""
    now = timezone.now()
    with transaction.atomic():
        for mine in Reply.objects.filter(pk=reply.pk).open().select_for_update():
            Reply.objects.filter(pk=mine.pk).update(
                status=Reply.Status.STOPPED,
                citations=cited_in(mine.text, mine.citations),
                revision=F("revision") + 1,
                touched_at=now,
                finished_at=now,
            )
    _tell(reply)


def retry(reply: Reply) -> None:
    """Asks for the answer once more, if it has ended without being finished."""
    with transaction.atomic():
        ended = Reply.objects.filter(pk=reply.pk).may_be_retried()
        fresh = ended.update(
            status=Reply.Status.WAITING,
            text="",
            revision=F("revision") + 1,
            touched_at=timezone.now(),
            begun_at=None,
            finished_at=None,
            seen_at=None,
        )
        if fresh:
            process_chatbot.enqueue(reply.message_id)
            _tell(reply)


def _tell(reply: Reply) -> None:
    student_id = reply.message.conversation.student_id
    push.to_user(student_id, "companion", {"message": reply.message_id})
