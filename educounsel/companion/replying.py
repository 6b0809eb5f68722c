"""COMPANION: the answer to a message grows in its row, and the student's open pages watch it grow.

The row is the truth. Every write goes through only at the revision that this run saw last, so of
two runs of one job the later writes and the earlier stops; and so does a run whose student pressed
"Berhenti". No transaction is open while the provider is asked.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from educounsel.companion.models import Level, Message, Reply, ReplyQuerySet
from educounsel.companion.prompts import VERSION, instructions
from educounsel.companion.providers import ProviderFailed, openai, quotes
from educounsel.companion.providers.spoken import Turn
from educounsel.companion.rendering import blocks
from educounsel.realtime import push

log = logging.getLogger(__name__)
FLUSH_SECONDS, LOOK_SECONDS = 0.06, 0.5
TURNS, REMEMBERED = 10, timedelta(hours=2)


class Overtaken(Exception):
    """Another run writes this answer now, or the student has stopped it."""


def reply_to(message_id: int, *, is_last_try: bool) -> None:
    draft = Draft.claim(message_id)
    if draft is None:
        return
    try:
        _write(draft)
    except Overtaken:
        log.info("Answer to message %s was overtaken or stopped", message_id)
    except ProviderFailed as failure:
        log.warning("Answer to message %s failed: %s", message_id, failure)
        if not (is_last_try or failure.is_permanent):
            raise
        draft.interrupt()


class Draft:
    """One run's hold on a reply, from claim to finish."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.message = reply.message
        self._text = self._flushed = ""
        self._sent_blocks = 0
        self._flushed_at = self._looked_at = 0.0

    @classmethod
    def claim(cls, message_id: int) -> "Draft | None":
        """Starts the text over. None when the answer is finished, or there is none to give."""
        with transaction.atomic():
            open_replies = Reply.objects.open().select_for_update(of=("self",))
            mine = open_replies.select_related("message__conversation__student")
            reply = mine.filter(message_id=message_id).first()
            if reply is None:
                return None
            draft = cls(reply)
            draft._save(status=Reply.Status.STREAMING, text="", prompt_version="")
        draft._push([], first=0)
        return draft

    def add(self, words: str) -> None:
        """The first words go out at once, the next ones a few times a second.

        Called in the pauses of the provider too, with no words: what waited goes out, and a run
        that was stopped meanwhile learns of it.
        """
        self._text += words
        now = time.monotonic()
        if self._text != self._flushed and now - self._flushed_at >= FLUSH_SECONDS:
            self._flush()
        elif now - self._looked_at >= LOOK_SECONDS:
            self._look()

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        if not self._mine().exists():
            raise Overtaken

    def _flush(self) -> None:
        self._save(text=self._text)
        html = list(blocks(self._text))
        # The last block sent may have grown; those before it are as they were.
        first = max(self._sent_blocks - 1, 0)
        self._push(html[first:], first)
        self._sent_blocks, self._flushed = len(html), self._text
        self._flushed_at = self._looked_at = time.monotonic()

    def finish(self, **fields: Any) -> None:
        done = {"status": Reply.Status.DONE, "text": self._text, "finished_at": timezone.now()}
        self._save(**done | fields)
        self._tell_to_look()

    def interrupt(self) -> None:
        """Ends the answer here, with what there is of it."""
        ended = {"status": Reply.Status.INTERRUPTED, "finished_at": timezone.now()}
        with suppress(Overtaken):
            self._save(text=self._text, **ended)
            self._tell_to_look()

    def _save(self, **fields: Any) -> None:
        next_one = self.reply.revision + 1
        if not self._mine().update(revision=next_one, touched_at=timezone.now(), **fields):
            raise Overtaken
        self.reply.revision = next_one

    def _mine(self) -> ReplyQuerySet:
        return Reply.objects.open().filter(pk=self.reply.pk, revision=self.reply.revision)

    def _push(self, html: list[Any], first: int) -> None:
        change = {"revision": self.reply.revision, "first": first, "blocks": html}
        push.to_user(self._student_id, "companion", {"message": self.message.pk, **change})

    def _tell_to_look(self) -> None:
        push.to_user(self._student_id, "companion", {"message": self.message.pk})

    @property
    def _student_id(self) -> int:
        return self.message.conversation.student_id


def _write(draft: Draft) -> None:
    if settings.OPENAI_API_KEY:
        _write_with_ai(draft)
    else:
        _write_quotes(draft)


def _write_with_ai(draft: Draft) -> None:
    student = draft.message.conversation.student
    turns = [Turn("system", instructions(student)), *_history(draft.message)]
    with openai.Call(turns, student.pk) as call:
        for words in call.words():
            draft.add(words)
    draft.finish(source=Reply.Source.AI, prompt_version=VERSION)


def _history(message: Message) -> Iterator[Turn]:
    """The last turns. Words said in danger went to people, and stay with them."""
    said = (
        Message.objects.filter(conversation_id=message.conversation_id, pk__lte=message.pk)
        .since(REMEMBERED)
        .exclude(level=Level.CRISIS)
        .select_related("reply")
        .order_by("-pk")[: TURNS // 2]
    )
    for turn in reversed(said):
        yield Turn("user", turn.text)
        if turn.reply.status == Reply.Status.DONE:
            yield Turn("assistant", turn.reply.text)


def _write_quotes(draft: Draft) -> None:
    answer = quotes.answer(draft.message.conversation.student, draft.message.text)
    draft.add(answer.text)
    draft.finish(source=Reply.Source.QUOTES, citations=answer.citations)
