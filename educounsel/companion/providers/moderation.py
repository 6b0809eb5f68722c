"""The provider's moderation endpoint: one more opinion on a message, which may raise its level.

The scores from which it is heard weigh both mistakes: games, jokes and lyrics score high as
violence, so that alone raises nothing, and what wakes people at night asks for much.
"""

from dataclasses import dataclass

import httpx2
import openai
from django.conf import settings

from educounsel.companion.models import Level
from educounsel.companion.raising import Alarm

MODEL = "omni-moderation-latest"
CONNECT_SECONDS, READ_SECONDS = 1.0, 2.0


@dataclass(frozen=True)
class Threshold:
    """From which score on a category is a concern, and from which a crisis."""

    name: str  # as OpenAI calls it
    category: str  # as CATEGORIES does
    danger_to: str
    concern: float
    crisis: float = 2.0  # never


THRESHOLDS = (
    Threshold("self-harm/intent", "suicide", "self", concern=0.3, crisis=0.7),
    Threshold("sexual/minors", "sexual_abuse", "self", concern=0.2, crisis=0.5),
    Threshold("self-harm/instructions", "self_harm", "self", concern=0.4, crisis=0.8),
    Threshold("harassment/threatening", "violence", "other", concern=0.5, crisis=0.85),
    Threshold("hate/threatening", "violence", "other", concern=0.5, crisis=0.85),
    Threshold("illicit/violent", "violence", "other", concern=0.6, crisis=0.9),
    Threshold("self-harm", "self_harm", "self", concern=0.5),
)


# From which score on a model's own words are kept back. Not "self-harm" and "violence": a kind
# answer speaks of what the student told.
KEPT_BACK_FROM = {
    "self-harm/instructions": 0.3,
    "sexual/minors": 0.2,
    "sexual": 0.5,
    "harassment/threatening": 0.5,
    "hate": 0.5,
    "hate/threatening": 0.5,
    "illicit": 0.6,
    "illicit/violent": 0.5,
}


def judge(text: str) -> Alarm | None:
    """The gravest of what it finds. Raises what the SDK does, and ValueError for no answer."""
    scores = _scores(text)
    return _alarm(Level.CRISIS, scores) or _alarm(Level.CONCERN, scores)


def finds_harm(said: str) -> bool:
    """In what a model has said. Raises as `judge` does."""
    scores = _scores(said)
    return any((scores.get(name) or 0) >= least for name, least in KEPT_BACK_FROM.items())


def _scores(text: str) -> dict[str, float | None]:
    with openai.OpenAI(
        api_key=settings.OPENAI_API_KEY,
        base_url=settings.OPENAI_BASE_URL,
        timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        max_retries=0,
    ) as client:
        answer = client.moderations.create(input=text, model=MODEL)
    if not answer.results:
        raise ValueError("the moderation said nothing")
    scores: dict[str, float | None] = answer.results[0].category_scores.model_dump(by_alias=True)
    return scores


def _alarm(level: Level, scores: dict[str, float | None]) -> Alarm | None:
    for each in THRESHOLDS:
        least = each.crisis if level == Level.CRISIS else each.concern
        if (scores.get(each.name) or 0) >= least:
            return Alarm(level, each.category, each.danger_to, f"moderation:{each.name}")
    return None
