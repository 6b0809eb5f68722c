"""A student's own conversations: begun, named, found again, taken along, removed."""

import re
from dataclasses import dataclass
from io import BytesIO
from unicodedata import normalize
from xml.sax.saxutils import escape

from django.db import transaction
from django.utils import timezone
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

from educounsel.accounts.models import User
from educounsel.companion.models import Conversation, Message, Refused, Reply, Share
from educounsel.companion.rendering import plain

SHOWN, SEARCHED = 50, 3_000
NOT_DRAWN = "(…)"
_DRAWN = r"\s\x20-\xff\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u20ac"
_NOT_DRAWN = re.compile(rf"[^{_DRAWN}]+(?:\s+[^{_DRAWN}]+)*")


def begin(student: User, *, is_temporary: bool) -> Conversation:
    """One in which nothing was said yet is as good as new."""
    of_the_kind = Conversation.objects.visible_to(student).filter(is_temporary=is_temporary)
    unused = of_the_kind.filter(messages=None).first()
    if unused is None:
        return Conversation.objects.create(student=student, is_temporary=is_temporary)
    unused.updated_at = timezone.now()
    unused.save(update_fields=["updated_at"])
    return unused


@dataclass(frozen=True)
class Stretch:
    """Messages in a row, oldest first, and whether something was said before them."""

    turns: list[Message]
    has_earlier: bool


def stretch_of(conversation: Conversation | None, before: int | None = None) -> Stretch:
    """The last of all, or the last before a message."""
    said = Message.objects.filter(conversation=conversation).select_related("reply")
    if before is not None:
        said = said.filter(pk__lt=before)
    newest_first = list(said.order_by("-pk")[: SHOWN + 1])
    return Stretch(newest_first[:SHOWN][::-1], has_earlier=len(newest_first) > SHOWN)


def rename(conversation: Conversation, title: str) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(title=title)


def found_for(student: User, words: str) -> list[Conversation]:
    """Those of this student in whose title or messages the words stand. No query can look into
    what is sealed: it is opened and read here, the newest SEARCHED messages."""
    wanted = words.lower()
    said = Message.objects.visible_to(student).select_related("reply").order_by("-pk")[:SEARCHED]
    holding = {turn.conversation_id for turn in said if wanted in _words_of(turn).lower()}
    mine = Conversation.objects.visible_to(student).with_shares()
    return [each for each in mine if each.pk in holding or wanted in each.title.lower()]


def _words_of(turn: Message) -> str:
    return f"{turn.text}\n{turn.reply.text}"


def remove(conversation: Conversation, *, with_shares: bool = False) -> None:
    """Really gone, with its answers. Of messages that mean danger those of an open case stay,
    for that case alone and until it is closed; no page of the student shows them any more.
    What was shared with a Guru BK stays until the student withdraws it, here or later."""
    with transaction.atomic():
        if with_shares:
            Share.objects.filter(conversation=conversation).withdraw()
        said = Message.objects.filter(conversation=conversation)
        of_a_case = said.of_an_open_case()
        if not of_a_case.exists():
            conversation.delete()
            return
        said.not_of_an_open_case().delete()
        Refused.objects.filter(conversation=conversation).delete()
        Reply.objects.filter(message__in=of_a_case).delete()
        Conversation.objects.filter(pk=conversation.pk).update(title="", removed_at=timezone.now())


def as_text(conversation: Conversation) -> str:
    return "\n\n".join(f"{who}, {at}\n{words}" for who, at, words in _lines(conversation))


def as_pdf(conversation: Conversation) -> bytes:
    styles, file = getSampleStyleSheet(), BytesIO()
    story = [Paragraph("Percakapanmu dengan Sahabat", styles["Heading1"])]
    for who, at, words in _lines(conversation):
        said = escape(_printable(words)).replace("\n", "<br/>")
        story += [Paragraph(f"<b>{escape(who)}</b>, {at}<br/>{said}"), Spacer(1, 10)]
    story.append(Paragraph(f"{NOT_DRAWN}: huruf atau emoji yang hanya ada di “Simpan teks”."))
    SimpleDocTemplate(file, title="Percakapan").build(story)
    return file.getvalue()


def _printable(words: str) -> str:
    """The letters that every reader of PDF brings along; others would be black boxes."""
    return _NOT_DRAWN.sub(NOT_DRAWN, normalize("NFC", words))


def _lines(conversation: Conversation) -> list[tuple[str, str, str]]:
    lines = []
    for turn in conversation.messages.select_related("reply"):
        at = timezone.localtime(turn.created_at).strftime("%d-%m-%Y %H.%M")
        lines.append(("Kamu", at, turn.text))
        if turn.reply.text:
            lines.append((turn.reply.get_source_display(), at, plain(turn.reply.text)))
    return lines
