"""Any API that speaks OpenAI's chat completions."""

import time
from collections.abc import Generator, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

import httpx2
import openai
from django.conf import settings
from django.utils.crypto import salted_hmac

from educounsel.companion.providers import ProviderFailed

CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 5.0, 20.0, 90.0
LONGEST_ANSWER = 1000
# The SDK asks a second time; the tries after that are the queue's.
RETRIES = 1


@dataclass(frozen=True)
class Turn:
    role: Literal["system", "user", "assistant"]
    content: str


def stream(turns: Iterable[Turn], student_id: int) -> Generator[str]:
    """The words of the answer as they come; ends normally only when the answer is whole.

    Nothing of who the student is goes with it but a hash that means nothing elsewhere.
    """
    try:
        yield from _words(turns, _hashed(student_id))
    except openai.APIStatusError as error:
        # No cause: the body of the refusal may repeat what the student wrote.
        raise _refused(error.status_code) from None
    except (openai.OpenAIError, httpx2.HTTPError) as error:
        raise ProviderFailed(type(error).__name__) from None
    except ValueError:  # not an error of the SDK: a chunk that is no JSON
        raise ProviderFailed("a chunk could not be read") from None


def _words(turns: Iterable[Turn], who: str) -> Generator[str]:
    deadline, is_whole = time.monotonic() + TOTAL_SECONDS, False
    with _client() as client, _open(client, turns, who) as chunks:
        for chunk in chunks:
            if time.monotonic() > deadline:
                raise ProviderFailed("the answer took too long")
            for choice in chunk.choices:
                yield choice.delta.content or ""
                is_whole = is_whole or choice.finish_reason is not None
    if not is_whole:
        raise ProviderFailed("the answer broke off")


def _client() -> openai.OpenAI:
    return openai.OpenAI(
        api_key=settings.OPENAI_API_KEY,
        base_url=settings.OPENAI_BASE_URL,
        timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        max_retries=RETRIES,
    )


def _open(client: openai.OpenAI, turns: Iterable[Turn], who: str) -> Any:
    return client.chat.completions.create(
        model=settings.OPENAI_MODEL,
        messages=cast(Any, [asdict(turn) for turn in turns]),
        max_completion_tokens=LONGEST_ANSWER,
        safety_identifier=who,
        store=False,
        stream=True,
    )


def _refused(status: int) -> ProviderFailed:
    passing = status in (408, 409, 429) or status >= 500
    return ProviderFailed(f"the provider answered {status}", is_permanent=not passing)


def _hashed(student_id: int) -> str:
    return salted_hmac("companion", str(student_id), algorithm="sha256").hexdigest()
