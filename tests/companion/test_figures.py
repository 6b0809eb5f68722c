"""How the provider does, in figures: how long, how it ends, what it costs; never who asked."""

import pytest
from llmock.pytest_plugin import LLMock

from educounsel.companion.models import Message, Usage
from educounsel.companion.providers import ProviderFailed
from educounsel.companion.replying import reply_to
from tests.figures import figure

pytestmark = pytest.mark.django_db


def answers(outcome: str) -> float:
    return figure("educounsel_provider_seconds_count", outcome=outcome)


def first_words() -> float:
    return figure("educounsel_provider_first_word_seconds_count")


def test_a_whole_answer_is_timed_and_its_cost_added(message: Message, model: LLMock) -> None:
    whole, first, cost = answers("whole"), first_words(), figure("educounsel_provider_rupiah_total")
    reply_to(message.pk, is_last_try=False)
    assert (answers("whole"), first_words()) == (whole + 1, first + 1)
    spent = figure("educounsel_provider_rupiah_total") - cost
    assert spent == pytest.approx(float(Usage.objects.get().rupiah))


def test_a_failure_is_one_and_has_no_first_word(message: Message, model: LLMock) -> None:
    failed, first = answers("failed"), first_words()
    model.fail(500, times=2)
    with pytest.raises(ProviderFailed):
        reply_to(message.pk, is_last_try=False)
    assert (answers("failed"), first_words()) == (failed + 1, first)
