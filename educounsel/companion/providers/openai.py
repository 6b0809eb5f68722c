"""Any API that speaks OpenAI's chat completions or, by setting, its Responses."""

import time
from collections.abc import Generator, Iterable
from queue import Empty, SimpleQueue
from threading import Thread
from types import ModuleType
from typing import Self

import httpx2
import openai
from django.conf import settings
from django.utils.crypto import salted_hmac
from prometheus_client import Histogram

from educounsel.companion.providers import ProviderFailed, chat, responses
from educounsel.companion.providers.line import Line, rest_asked_for
from educounsel.companion.providers.spoken import LONGEST_ANSWER, End, Piece, Tokens, Turn

CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 5.0, 20.0, 90.0
TICK_SECONDS = 0.02
# The SDK asks a second time; the tries after that are the queue's.
RETRIES = 1
# For an estimate where the provider did not count: Indonesian words in common vocabularies.
LETTERS_A_TOKEN = 3
# A provider that does not keep to the tokens it was given talks on for ever.
MOST_LETTERS = 8 * LONGEST_ANSWER
PACES = (0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, TOTAL_SECONDS)
SECONDS = Histogram(
    "educounsel_provider_seconds",
    "From a question to the end of its answer: whole, failed, or stopped by us",
    ["outcome"],
    buckets=PACES,
)
FIRST_WORD_SECONDS = Histogram(
    "educounsel_provider_first_word_seconds",
    "From a question to the first word of its answer",
    buckets=PACES,
)


class Call:
    """One question to the provider, on a thread of its own: its silence holds nobody.

    Nothing of who the student is goes with it but a hash that means nothing elsewhere. `seconds`
    is what is left of the time for the answer, of which this may be a later try.
    """

    def __init__(self, turns: Iterable[Turn], student_id: int, seconds: float) -> None:
        self._turns, self._who = list(turns), _hashed(student_id)
        self._came: SimpleQueue[str | ProviderFailed | None] = SimpleQueue()
        self._line = Line()
        self._end: End | None = None
        self._counted: Tokens | None = None
        self._letters = 0
        self._began = time.monotonic()
        self._deadline = self._began + seconds

    def __enter__(self) -> Self:
        Thread(target=self._listen, name="provider", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None = None, *exc: object) -> None:
        """Ends the provider's stream too, also one that is silent at this moment, or has not
        begun."""
        self._line.cut()
        SECONDS.labels(_outcome(kind)).observe(time.monotonic() - self._began)

    def words(self) -> Generator[str]:
        """The answer as it comes, and "" in its pauses; ends normally only at an end of it."""
        while self.seconds_left > 0:
            try:
                words = self._came.get(timeout=TICK_SECONDS)
            except Empty:
                words = ""
            if words is None:
                return
            if isinstance(words, ProviderFailed):
                raise words
            yield words
        raise ProviderFailed("the answer took too long")

    @property
    def was_cut_short(self) -> bool:
        """The provider ended the answer before the model did; asking again brings the same."""
        return self._end == End.CUT_SHORT

    @property
    def seconds_left(self) -> float:
        return self._deadline - time.monotonic()

    @property
    def tokens(self) -> Tokens:
        """As the provider counted, or estimated for an answer that did not come to its end."""
        asked = sum(len(turn.content) for turn in self._turns)
        return self._counted or Tokens(asked // LETTERS_A_TOKEN, self._letters // LETTERS_A_TOKEN)

    def _listen(self) -> None:
        try:
            self._pass_on()
            self._came.put(None)
        except ProviderFailed as failure:
            self._came.put(failure)
        except openai.APIStatusError as error:
            # No cause: the body of the refusal may repeat what the student wrote.
            self._came.put(_refused(error))
        except Exception as error:
            # Also what is no error of the SDK: a ValueError for a chunk that is no JSON.
            self._came.put(ProviderFailed(type(error).__name__))

    def _pass_on(self) -> None:
        with self._client() as client, _api().ask(client, self._turns, self._who) as events:
            for event in events:
                if self._line.is_cut:
                    return
                piece = _api().read(event)
                self._take(piece)
                if self._letters > MOST_LETTERS:
                    raise ProviderFailed("the answer was too long", is_permanent=True)
        if self._end is None:
            raise ProviderFailed("the answer broke off")
        if not self._letters:
            # Refused, or filtered away: asking again would bring the same.
            raise ProviderFailed("the answer was empty", is_permanent=True)

    def _take(self, piece: Piece) -> None:
        if piece.words and not self._letters:
            FIRST_WORD_SECONDS.observe(time.monotonic() - self._began)
        self._letters += len(piece.words)
        self._end = piece.end or self._end
        self._counted = piece.tokens or self._counted
        if piece.words:
            self._came.put(piece.words)

    def _client(self) -> openai.OpenAI:
        return openai.OpenAI(
            api_key=settings.OPENAI_API_KEY,
            base_url=settings.OPENAI_BASE_URL,
            timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            max_retries=RETRIES,
            http_client=self._line.client(),
        )


def _outcome(kind: type[BaseException] | None) -> str:
    if kind is None:
        return "whole"
    return "failed" if issubclass(kind, ProviderFailed) else "stopped"


def _api() -> ModuleType:
    return responses if settings.OPENAI_API == "responses" else chat


def _refused(error: openai.APIStatusError) -> ProviderFailed:
    passing = error.status_code in (408, 409, 429) or error.status_code >= 500
    return ProviderFailed(
        f"the provider answered {error.status_code}",
        is_permanent=not passing,
        retry_after=rest_asked_for(error.response),
    )


def _hashed(student_id: int) -> str:
    return salted_hmac("companion", str(student_id), algorithm="sha256").hexdigest()
