"""OpenAI's Responses."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, cast

from django.conf import settings
from openai import OpenAI

from educounsel.companion.providers import ProviderFailed
from educounsel.companion.providers.spoken import LONGEST_ANSWER, End, Piece, Turn, counted


def ask(client: OpenAI, turns: Iterable[Turn], who: str) -> Any:
    return client.responses.create(
        model=settings.OPENAI_MODEL,
        input=cast(Any, [asdict(turn) for turn in turns]),
        max_output_tokens=LONGEST_ANSWER,
        safety_identifier=who,
        store=False,
        stream=True,
    )


def read(event: Any) -> Piece:
    match event.type:
        case "response.output_text.delta":
            return Piece(event.delta)
        case "response.completed" | "response.incomplete":
            usage = event.response.usage
            return Piece(end=_end(event), tokens=counted(usage, "input_tokens", "output_tokens"))
        case "response.failed" | "error":
            raise ProviderFailed("the provider gave up on the answer")
        case _:
            return Piece()


def _end(event: Any) -> End:
    """Some say "completed" of an answer to which they give the status "incomplete"."""
    is_cut = event.type == "response.incomplete" or event.response.status == "incomplete"
    return End.CUT_SHORT if is_cut else End.WHOLE
