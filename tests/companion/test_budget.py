"""What the AI may cost, counted and kept to."""

from decimal import Decimal

import pytest
from llmock.pytest_plugin import LLMock
from pytest_django import Settings

from educounsel.companion import budget
from educounsel.companion.models import Message, Reply, Usage
from educounsel.companion.providers.spoken import Tokens
from educounsel.companion.replying import reply_to
from tests.cast import Cast
from tests.companion.conftest import HARMLESS, say
from tests.conftest import ClientOf

Source = Reply.Source


def test_what_an_answer_took_is_counted(message: Message, model: LLMock) -> None:
    reply_to(message.pk, is_last_try=False)
    usage = Usage.objects.get()
    assert usage.asked > 100
    assert usage.answered > 0
    assert usage.rupiah == Decimal(usage.asked * 2_500 + usage.answered * 10_000) / 1_000_000


def test_an_answer_that_broke_off_is_counted_by_estimate(message: Message, model: LLMock) -> None:
    model.truncate(after_chunks=2)
    reply_to(message.pk, is_last_try=True)
    assert Usage.objects.get().asked > 100


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("COMPANION_TOKENS_A_DAY", "istirahat sampai besok"),
        ("COMPANION_RUPIAH_A_MONTH", "Jatah AI sekolahmu bulan ini"),
    ],
)
def test_a_spent_budget_is_said_kindly_and_the_materi_answer(
    message: Message, model: LLMock, settings: Settings, limit: str, words: str
) -> None:
    setattr(settings, limit, 0)
    reply_to(message.pk, is_last_try=False)
    reply = Reply.objects.get()
    assert (reply.source, words in reply.text) == (Source.QUOTES, True)
    assert not model.requests


def test_one_student_does_not_use_up_the_day_of_another(
    cast: Cast, model: LLMock, settings: Settings
) -> None:
    reply_to(say(cast.sari, HARMLESS).pk, is_last_try=False)
    settings.COMPANION_TOKENS_A_DAY = 1
    assert "besok" in budget.spent_up(cast.sari)
    assert budget.spent_up(cast.dodi) == ""


def test_the_admin_sees_the_use_of_the_own_school_and_no_student(
    cast: Cast, client_of: ClientOf, settings: Settings
) -> None:
    budget.spend(cast.sari, Tokens(1000, 2000))
    own = client_of(cast.admin).get("/admin/companion/usage/").text
    assert "3.000" in own
    assert "Sari" not in own
    assert "3.000" not in client_of(cast.other_admin).get("/admin/companion/usage/").text
