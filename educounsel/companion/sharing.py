"""Chosen words of a conversation, handed by the student to one Guru BK.

A copy travels: what the preview showed arrives, whatever becomes of the conversation. It can be
withdrawn at any time. Then its words are gone, and whether they were read stays known.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from educounsel.accounts.models import User
from educounsel.companion.disclosure import tell_student
from educounsel.companion.models import Conversation, Message, Share
from educounsel.companion.notices import ShareReceived
from educounsel.companion.sealed import Unopened
from educounsel.form_keys import key_of
from educounsel.notifications.notify import notify

# Of a long conversation the last turns; of those so many messages and answers at a time.
TURNS, AT_ONCE = 100, 40
LEFT_OUT = "[…]"

# A sentence with its citations, or a line, and the space after it: together they are the text.
_LINE = re.compile(r".+?(?:\n+|(?<!\d)[.!?…]+[\"”*_)]*(?:\s*\[\d+\])*(?:\s+|\Z)|\Z)", re.DOTALL)
_MARKS = re.compile(r"^\s*(?:[>*-]\s+)+|\*\*")


@dataclass(frozen=True)
class Line:
    id: str
    text: str

    @property
    def words(self) -> str:
        """Without the marks of Markdown, for the page on which lines are chosen."""
        return _MARKS.sub("", self.text).strip()


@dataclass(frozen=True)
class Part:
    """A message or an answer that may be shared, line by line."""

    id: str
    speaker: str
    is_student: bool
    at: datetime
    lines: list[Line]


# --- What may be shared ------------------------------------------------------------------------


def parts_of(conversation: Conversation) -> list[Part]:
    """What was said, oldest first; an answer that is still being written is not there yet."""
    turns = conversation.messages.select_related("reply").order_by("-pk")[:TURNS]
    return [part for turn in reversed(turns) for part in _parts(turn)]


def _parts(turn: Message) -> Iterator[Part]:
    reply = turn.reply
    if not isinstance(turn.text, Unopened):
        yield Part(f"p{turn.pk}", "Siswa", True, turn.created_at, _lines(f"p{turn.pk}", turn.text))
    if reply.text and not reply.is_open and not isinstance(reply.text, Unopened):
        said = _lines(f"j{turn.pk}", reply.text)
        yield Part(f"j{turn.pk}", reply.get_source_display(), False, turn.created_at, said)


def _lines(part_id: str, text: str) -> list[Line]:
    return [Line(f"{part_id}.{place}", line) for place, line in enumerate(_LINE.findall(text))]


# --- What is sent ------------------------------------------------------------------------------


def compose(parts: Iterable[Part], hidden: Collection[str]) -> str:
    """As it is stored: empty where every line is hidden."""
    rows = [
        {
            "speaker": part.speaker,
            "is_student": part.is_student,
            "at": part.at.isoformat(),
            "text": _what_stands(part, hidden),
        }
        for part in parts
        if any(line.id not in hidden for line in part.lines)
    ]
    return json.dumps(rows, ensure_ascii=False) if rows else ""


def _what_stands(part: Part, hidden: Collection[str]) -> str:
    """A gap is seen as a gap: what is left must not seem to say something else."""
    words = ""
    for is_hidden, lines in groupby(part.lines, lambda line: line.id in hidden):
        text = "".join(line.text for line in lines)
        words += LEFT_OUT + text[len(text.rstrip()) :] if is_hidden else text
    return words


def fingerprint(share: Share) -> str:
    """Of all that the preview shows: what differs from it is not sent."""
    shown = json.dumps([share.guru_id, share.note, share.content])
    return salted_hmac("companion.sharing", shown, algorithm="sha256").hexdigest()


def send(share: Share) -> Share:
    """Saves it and tells the Guru BK; all the same under the same key is the same share."""
    with transaction.atomic():
        sent, is_new = Share.objects.get_or_create(
            student=share.student,
            key=key_of(share.key, fingerprint(share)),
            defaults={
                "guru": share.guru,
                "conversation": share.conversation,
                "content": share.content,
                "note": share.note,
            },
        )
        if is_new:
            _tell_guru(sent)
        return sent


def _tell_guru(share: Share) -> None:
    notice = ShareReceived(
        subject=f"share:{share.pk}",
        title="Seorang siswa membagikan pesan kepada Anda",
        text="Buka untuk membacanya.",
        url=reverse("companion:received_share", args=[share.pk]),
    )
    notify([share.guru_id], notice)


def new_share(conversation: Conversation, guru: User, content: str, note: str, key: UUID) -> Share:
    """As it would be sent; not saved."""
    return Share(
        student=conversation.student,
        conversation=conversation,
        guru=guru,
        content=content,
        note=note,
        key=key,
    )


# --- What becomes of it ------------------------------------------------------------------------


def withdraw(share: Share) -> None:
    Share.objects.filter(pk=share.pk).withdraw()


@transaction.atomic
def note_reading(share: Share) -> bool:
    """Written down at the first look, and the student is told. False: it was just withdrawn."""
    there = Share.objects.not_withdrawn().select_for_update(of=("self",)).filter(pk=share.pk)
    if not there.exists():
        return False
    if there.filter(opened_at=None).update(opened_at=timezone.now()):
        tell_student(share.student, share.guru, "yang kamu bagikan", f"share:{share.pk}")
    return True
