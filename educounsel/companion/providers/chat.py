"""OpenAI's chat completions, the API that most providers speak."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, cast

from django.conf import settings
from openai import OpenAI

from educounsel.companion.providers.spoken import LONGEST_ANSWER, Piece, Tokens, Turn


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
    is_end = any(choice.finish_reason is not None for choice in chunk.choices)
    return Piece(words, is_end, _tokens(chunk.usage))


def _tokens(usage: Any) -> Tokens | None:
    return Tokens(usage.prompt_tokens, usage.completion_tokens) if usage else None
