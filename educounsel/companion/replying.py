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
from functools import cached_property
from math import ceil
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_ox.models import OxTask

from educounsel.accounts.models import User
from educounsel.companion import budget
from educounsel.companion.checking import cited_in, marks_in, shown
from educounsel.companion.dialling import known_numbers_only, numbers_of
from educounsel.companion.masking import Mask
from educounsel.companion.models import SILENT_FOR, Level, Message, Reply, ReplyQuerySet
from educounsel.companion.opinions import Moderation, heed_model, keeps_back
from educounsel.companion.prompts import VERSION, instructions
from educounsel.companion.providers import ProviderFailed, breaker, openai, quotes
from educounsel.companion.providers.spoken import Turn
from educounsel.companion.rendering import blocks
from educounsel.companion.sealed import Unopened
from educounsel.companion.wishes import wants_to_meet
from educounsel.materi import retrieval
from educounsel.realtime import push

log = logging.getLogger(__name__)
FLUSH_SECONDS, LOOK_SECONDS = 0.06, 0.5
# A provider that asks to be left alone for longer is not waited for.
PATIENCE = 20
FIRST_PAUSE = 2
# With less left of the time for an answer no try is begun: a pause of the queue fits into it too.
ENOUGH_SECONDS = 10
TURNS, REMEMBERED = 10, timedelta(hours=2)

OUT_OF_REACH = (
    "AI-nya sedang tidak bisa dihubungi, jadi kali ini aku menjawab dari materi sekolahmu."
)
KEPT_BACK = (
    "Jawabanku kali ini tidak kutampilkan karena bisa keliru atau berbahaya. Tulis lagi dengan kata"
    " lain, atau bicarakan langsung dengan Guru BK atau orang dewasa yang kamu percaya, ya."
)
Source = Reply.Source


class Overtaken(Exception):
    """Another run writes this answer now, or the student has stopped it."""


def reply_to(message_id: int, *, is_last_try: bool) -> None:
    draft = Draft.claim(message_id)
    if draft is None:
        return
    moderation = Moderation(draft.message)
    try:
        _write(draft, moderation, is_last_try)
    except Overtaken:
        log.info("Answer to message %s was overtaken or stopped", message_id)
    finally:
        moderation.wait()


def give_up_on_lost() -> None:
    """Breaks off what a job has left open that was killed, or failed, at its last try."""
    gone = OxTask.objects.filter(
        task_path__endswith=".process_chatbot",
        status__in=(OxTask.Status.FAILED, OxTask.Status.LOST),
        finished_at__gt=timezone.now() - SILENT_FOR,
    )
    for job in gone:
        left = Reply.objects.open().filter(message_id=job.args[0], touched_at__lt=job.finished_at)
        for reply in left.select_related("message__conversation__student"):
            Draft(reply).abandon()


def pause_after(failure: BaseException, job: Any) -> int:
    """How long the queue waits: as the provider asked, or else longer from try to try.

    In seconds, and never None: to the queue that would mean not to try again.
    """
    asked = failure.retry_after if isinstance(failure, ProviderFailed) else None
    return ceil(asked) if asked else FIRST_PAUSE * 2 ** (job.attempts - 1)


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
            mine = open_replies.select_related("message__conversation__student__school")
            reply = mine.filter(message_id=message_id).first()
            if reply is None:
                return None
            draft = cls(reply)
            draft._start_over()
        draft._push([], first=0)
        return draft

    def _start_over(self) -> None:
        """Within the time of the runs before, unless the last of them is long gone."""
        if self.reply.begun_at is None or not self.reply.is_open:
            self.reply.begun_at = timezone.now()
        fresh = {"text": "", "citations": [], "prompt_version": ""}
        self._save(status=Reply.Status.STREAMING, begun_at=self.reply.begun_at, **fresh)

    def begin(self, source: Source, citations: list[dict[str, Any]], **fields: Any) -> None:
        """Says who speaks and what may be cited, before the first word."""
        self._save(source=source, citations=citations, **fields)
        self.reply.source, self.reply.citations = source, citations

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
        text = self._shown(is_whole=False)
        self._save(text=text)
        html = list(blocks(text, self.reply.links))
        # The last block sent may have grown; those before it are as they were.
        first = max(self._sent_blocks - 1, 0)
        self._push(html[first:], first)
        self._sent_blocks, self._flushed = len(html), self._text
        self._flushed_at = self._looked_at = time.monotonic()

    def said(self) -> str:
        """All of it, as the open pages show it too from now on."""
        if self._text != self._flushed:
            self._flush()
        return self._shown(is_whole=True)

    def _shown(self, *, is_whole: bool) -> str:
        """A materi is quoted as people wrote it; what a model says is checked first."""
        if self.reply.source != Source.AI:
            return self._text
        fit = shown(self._text, self.reply.links, is_whole=is_whole)
        return known_numbers_only(fit, self._numbers, is_whole=is_whole)

    def finish(self) -> None:
        self._end(Reply.Status.DONE)

    def hide(self) -> None:
        """Takes the whole answer back."""
        self._close(Reply.Status.DONE, KEPT_BACK)

    def interrupt(self) -> None:
        """Ends the answer here, with what there is of it."""
        self._end(Reply.Status.INTERRUPTED)

    def abandon(self) -> None:
        """Ends what another run has begun; its words were checked as they came."""
        with suppress(Overtaken):
            self._close(Reply.Status.INTERRUPTED, self.reply.text)

    def _end(self, status: Reply.Status) -> None:
        self._close(status, self._shown(is_whole=True))

    def _close(self, status: Reply.Status, text: str) -> None:
        self._save(
            status=status,
            text=text,
            citations=cited_in(text, self.reply.citations),
            suggests_meeting=self._suggests_meeting(),
            finished_at=timezone.now(),
        )
        self._tell_to_look()

    def means_danger(self, *, is_whole: bool) -> bool:
        """Whether the model has just said so of the message: then people answer in its place."""
        return heed_model(self.message, self._text, is_whole=is_whole)

    def _suggests_meeting(self) -> bool:
        is_ai = self.reply.source == Source.AI
        by_model = is_ai and "janji" in marks_in(self._text, is_whole=True)
        return by_model or wants_to_meet(self.message.text)

    def _save(self, **fields: Any) -> None:
        next_one = self.reply.revision + 1
        if not self._mine().update(revision=next_one, touched_at=timezone.now(), **fields):
            raise Overtaken
        self.reply.revision = next_one

    def _mine(self) -> ReplyQuerySet:
        return Reply.objects.open().filter(pk=self.reply.pk, revision=self.reply.revision)

    def _push(self, html: list[Any], first: int) -> None:
        change = {"revision": self.reply.revision, "first": first, "blocks": html}
        push.to_user(self.student.pk, "companion", {"message": self.message.pk, **change})

    def _tell_to_look(self) -> None:
        push.to_user(self.student.pk, "companion", {"message": self.message.pk})

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return numbers_of(self.student.school_id)

    @property
    def seconds_left(self) -> float:
        """For the whole answer, with every try and pause; less than none when it is over."""
        begun_at = self.reply.begun_at or timezone.now()
        return openai.TOTAL_SECONDS - (timezone.now() - begun_at).total_seconds()

    @property
    def has_words(self) -> bool:
        return bool(self._text.strip())

    @property
    def student(self) -> User:
        return self.message.conversation.student


def _write(draft: Draft, moderation: Moderation, is_last_try: bool) -> None:
    why = _why_not_ai(draft)
    if why is not None:
        _write_quotes(draft, why)
        return
    try:
        _write_with_ai(draft, moderation)
    except Overtaken:
        breaker.learned_nothing()
        raise
    except ProviderFailed as failure:
        log.warning("Answer to message %s failed: %s", draft.message.pk, failure)
        breaker.failed(failure)
        if not is_last_try and _is_worth_another_try(failure, draft.seconds_left):
            raise
        _make_the_best_of(draft)
    else:
        breaker.worked()


def _is_worth_another_try(failure: ProviderFailed, seconds_left: float) -> bool:
    pause = failure.retry_after or 0
    return not failure.is_permanent and pause <= min(PATIENCE, seconds_left - ENOUGH_SECONDS)


def _why_not_ai(draft: Draft) -> str | None:
    """None where the AI answers; else what the student is told, which may be nothing."""
    if not settings.OPENAI_API_KEY:
        return ""
    if spent_up := budget.spent_up(draft.student):
        return spent_up
    return None if draft.seconds_left > 0 and breaker.may_ask() else OUT_OF_REACH


def _make_the_best_of(draft: Draft) -> None:
    """Words that came are kept and marked as broken off; where none came, the materi answer."""
    if draft.has_words:
        draft.interrupt()
    else:
        _write_quotes(draft, OUT_OF_REACH)


def _write_with_ai(draft: Draft, moderation: Moderation) -> None:
    student, mask = draft.student, Mask(draft.student)
    text = draft.message.text
    found = retrieval.search(student, text, outside=mask(text))
    draft.begin(Source.AI, quotes.citations(found), prompt_version=VERSION)
    said = [Turn(turn.role, mask(turn.content)) for turn in _history(draft.message)]
    turns = [Turn("system", instructions(student, found, mask)), *said]
    with openai.Call(turns, student.pk, draft.seconds_left) as call:
        try:
            for words in call.words():
                draft.add(words)
                if moderation.heed() or draft.means_danger(is_whole=False):
                    raise Overtaken
        finally:
            budget.spend(student, call.tokens)
    if draft.means_danger(is_whole=True):
        return
    if keeps_back(draft.message, draft.said(), call.seconds_left):
        draft.hide()
    elif call.was_cut_short:
        draft.interrupt()
    else:
        draft.finish()


def _history(message: Message) -> Iterator[Turn]:
    """The message and the last turns before it, however late its answer is begun.

    Words said in danger went to people, and stay with them.
    """
    said = (
        Message.objects.filter(conversation_id=message.conversation_id, pk__lte=message.pk)
        .filter(created_at__gt=message.created_at - REMEMBERED)
        .exclude(level=Level.CRISIS)
        .select_related("reply")
        .order_by("-pk")[: TURNS // 2]
    )
    for turn in reversed(said):
        if isinstance(turn.text, Unopened):
            continue
        yield Turn("user", turn.text)
        if turn.reply.status == Reply.Status.DONE:
            yield Turn("assistant", turn.reply.text)


def _write_quotes(draft: Draft, why: str) -> None:
    answer = quotes.answer(draft.student, draft.message.text, why)
    draft.begin(Source.QUOTES, answer.citations)
    draft.add(answer.text)
    draft.finish()
