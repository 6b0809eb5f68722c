"""What the AI may cost, counted and kept to."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from llmock.pytest_plugin import LLMock
from pytest_django import Settings

from educounsel.accounts.models import User
from educounsel.companion import budget
from educounsel.companion.models import Message, Reply, Usage
from educounsel.companion.providers.spoken import Tokens
from educounsel.companion.replying import reply_to
from educounsel.companion.tasks import tell_what_the_ai_cost
from educounsel.operations.logs import JsonLines
from educounsel.schools.models import School
from tests.cast import Cast
from tests.companion.conftest import HARMLESS, answered, say
from tests.conftest import ClientOf

Source = Reply.Source
ROOT = Path(__file__).parents[2]


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


@pytest.mark.parametrize("count", [None, "many", -7, 2.5, "nothing at all"])
@pytest.mark.parametrize("api", ["chat", "responses"])
def test_a_provider_that_counts_no_tokens_still_answers(
    message: Message, settings: Settings, api: str, count: object
) -> None:
    settings.OPENAI_API, settings.OPENAI_API_KEY = api, "a-key"
    names = ("prompt_tokens", "completion_tokens", "input_tokens", "output_tokens")
    usage = {} if count == "nothing at all" else dict.fromkeys(names, count)
    with a_server_that_says(*_answer(api, usage)) as settings.OPENAI_BASE_URL:
        reply_to(message.pk, is_last_try=False)
    assert answered(message) == (Reply.Status.DONE, "Bisa.")
    assert Usage.objects.get().asked > 100


def _answer(api: str, usage: dict[str, object]) -> list[dict[str, Any]]:
    if api == "responses":
        whole = {"status": "completed", "usage": usage}
        said = {"type": "response.output_text.delta", "delta": "Bisa."}
        return [said, {"type": "response.completed", "response": whole}]
    choice = {"index": 0, "delta": {"content": "Bisa."}, "finish_reason": "stop"}
    return [{"choices": [choice]}, {"choices": [], "usage": usage}]


@contextmanager
def a_server_that_says(*events: dict[str, Any]) -> Iterator[str]:
    """Word for word: llmock always counts."""

    class Speaking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for event in events:
                self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")

        def log_message(self, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Speaking) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


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


def told(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    with caplog.at_level(logging.INFO, "educounsel.companion.budget"):
        tell_what_the_ai_cost.call()
    lines = [record for record in caplog.records if record.name == "educounsel.companion.budget"]
    return [json.loads(JsonLines().format(line)) for line in lines]


def test_what_all_schools_spent_of_their_month_is_a_line_of_the_log(
    cast: Cast, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.COMPANION_RUPIAH_A_MONTH = 1_000
    for student, rupiah in ((cast.sari, 300), (cast.dodi, 100), (cast.tia, 1_200)):
        use(student, rupiah)
    use(cast.sari, 10_000, days_ago=31)
    (line,) = told(caplog)
    assert School.objects.count() == 2
    assert line["ai_budget_percent"] == 80
    assert "Sari" not in str(line)


@pytest.mark.parametrize("budget_of_a_school", [0, 1_000])
def test_where_nothing_is_spent_or_may_be_it_is_none(
    cast: Cast, settings: Settings, caplog: pytest.LogCaptureFixture, budget_of_a_school: int
) -> None:
    settings.COMPANION_RUPIAH_A_MONTH = budget_of_a_school
    assert [line["ai_budget_percent"] for line in told(caplog)] == [0]


def test_a_server_that_is_told_to_be_quiet_tells_it_all_the_same(tmp_path: Path) -> None:
    """An alarm counts from the line: without it, it would call all well."""
    quiet = {"LOG_LEVEL": "ERROR", "LOG_FORMAT": "json", "EDUCOUNSEL_DATA": str(tmp_path)}
    ask = "import logging; print(logging.getLogger('educounsel.companion.budget').isEnabledFor(20))"
    told = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", ask],
        env=os.environ | quiet | {"DATABASE_URL": "", "REDIS_URL": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "True"


def use(student: User, rupiah: int, days_ago: int = 0) -> None:
    Usage.objects.create(
        school=student.school,
        student=student,
        day=timezone.localdate() - timedelta(days=days_ago),
        asked=1,
        answered=1,
        rupiah=rupiah,
    )
