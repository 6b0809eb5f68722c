"""What a text is about as numbers, from any server that speaks OpenAI's `/embeddings`.

Off unless OPENAI_EMBEDDINGS names a model (adr/0010). Materi are sent when they are published,
masked; a question only as the caller says it may leave, and for a second at most.
"""

from array import array
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import batched
from math import sqrt, sumprod

import openai
from django.conf import settings
from django.core.cache import cache

from educounsel.materi.models import Materi, MateriPassage, PassageVector
from educounsel.schools.masking import SchoolMask

type Vector = array[float]

QUESTION_SECONDS, PASSAGES_SECONDS = 1.0, 30.0
BATCH = 64
# After a failure questions are answered by words alone for so long: nobody waits in vain.
AWAY, AWAY_SECONDS = "materi:embeddings:away", 30

# A thread of its own: a server that sends letter by letter would keep any other time limit waiting.
_asking = ThreadPoolExecutor(4, thread_name_prefix="embeddings")


def are_on() -> bool:
    return bool(settings.OPENAI_EMBEDDINGS)


def learn(materi: Materi) -> None:
    """A vector for each passage that has none by this model yet. Raises what the SDK does."""
    new = materi.passages.exclude(vector__model=settings.OPENAI_EMBEDDINGS)
    mask = SchoolMask(materi.school_id)
    for some in batched(new, BATCH):
        vectors = _ask([mask(_said(materi, passage)) for passage in some], PASSAGES_SECONDS)
        PassageVector.objects.bulk_create(
            [
                PassageVector(
                    passage=passage, model=settings.OPENAI_EMBEDDINGS, numbers=vector.tobytes()
                )
                for passage, vector in zip(some, vectors, strict=True)
            ],
            update_conflicts=True,
            unique_fields=["passage"],
            update_fields=["model", "numbers"],
        )


def of_question(text: str) -> Vector | None:
    """None where they are off, or the server is slow or failing: then words must do."""
    if not are_on() or cache.get(AWAY):
        return None
    try:
        return _asking.submit(_ask, [text], QUESTION_SECONDS).result(QUESTION_SECONDS)[0]
    except Exception:
        # Also what is no error of the SDK: a time-out of ours, an answer that is no JSON.
        cache.set(AWAY, 1, AWAY_SECONDS)
        return None


def length_of_one() -> int:
    """Asks for the vector of a short text. Raises what the SDK does."""
    return len(_ask(["bimbingan"], PASSAGES_SECONDS)[0])


def _said(materi: Materi, passage: MateriPassage) -> str:
    return "\n".join(filter(None, (materi.title, passage.heading, passage.text)))


def _ask(texts: Sequence[str], seconds: float) -> list[Vector]:
    answer = _client(settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL).embeddings.create(
        input=list(texts),
        model=settings.OPENAI_EMBEDDINGS,
        encoding_format="float",
        timeout=seconds,
    )
    vectors = [_of_length_one(one.embedding) for one in sorted(answer.data, key=lambda d: d.index)]
    if len(vectors) != len(texts):
        raise ValueError("the server left texts out")
    return vectors


@lru_cache(1)
def _client(key: str, base_url: str) -> openai.OpenAI:
    """One for all: its connections stay open, and a question has but a second."""
    return openai.OpenAI(api_key=key, base_url=base_url, max_retries=0)


def _of_length_one(numbers: Sequence[float]) -> Vector:
    """So that a product of two is their cosine. Raises ZeroDivisionError for nothing at all."""
    length = sqrt(sumprod(numbers, numbers))
    return array("f", (number / length for number in numbers))
