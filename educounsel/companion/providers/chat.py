"""OpenAI's chat completions, the API that most providers speak."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, cast

from django.conf import settings
from openai import OpenAI

from educounsel.companion.providers.spoken import LONGEST_ANSWER, End, Piece, Turn, counted


def ask(client: OpenAI, turns: Iterable[Turn], who: str) -> Any:
    return client.chat.completions.create(
        model=settings.OPENAI_MODEL,
        messages=cast(Any, [asdict(turn) for turn in turns]),
        max_completion_tokens=LONGEST_ANSWER,
        safety_identifier=who,
        store=False,
        stream=True,
        stream_options={"include_usage": True},
    )


def read(chunk: Any) -> Piece:
    words = "".join(choice.delta.content or "" for choice in chunk.choices)
    return Piece(words, _end(chunk), counted(chunk.usage, "prompt_tokens", "completion_tokens"))


def _end(chunk: Any) -> End | None:
    """Of all reasons to finish, one says that the model had come to its end."""
    reasons = {choice.finish_reason for choice in chunk.choices if choice.finish_reason}
    if not reasons:
        return None
    return End.WHOLE if reasons == {"stop"} else End.CUT_SHORT
