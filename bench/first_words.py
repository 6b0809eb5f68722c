"""How long the provider's first words need to a student's open pages.

    python bench/first_words.py [ANSWERS]

Asks a local OpenAI-compatible server (llmock) the whole way: message, job, worker, row, commit,
hub. The clock starts where the first words of an answer reach this process and stops where their
event is handed to the sockets. Everything is made in a folder of its own and removed again.
"""

import json
import os
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import django
from llmock.pytest_plugin import LLMock
from llmock.testing import LLMockServer

ANSWERS = int(sys.argv[1]) if len(sys.argv) > 1 else 100
PACE_MS = 30

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "educounsel.settings"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, LLMockServer() as server:
        os.environ |= {
            "EDUCOUNSEL_DATA": folder,
            "OPENAI_API_KEY": "bench",
            "OPENAI_BASE_URL": server.base_url("openai"),
            "LOG_LEVEL": "WARNING",
        }
        LLMock(server).pace(PACE_MS)
        django.setup()
        report(*measure())


def measure() -> tuple[list[float], list[float]]:
    from django.core.management import call_command

    from educounsel.companion import asking
    from educounsel.companion.models import Reply
    from educounsel.companion.providers.openai import Call
    from educounsel.jobs import JobHost
    from educounsel.realtime.relay import relay
    from tests.cast import make_cast

    came: list[float] = []
    shown: list[float] = []
    take = Call._take

    def take_the_time(call: Call, piece: Any) -> None:
        if piece.words and not call._letters:
            came.append(time.perf_counter())
        take(call, piece)

    def publish(parcel: dict[str, Any]) -> None:
        frame = json.loads(parcel.get("text", "{}"))
        if frame.get("event") == "companion" and json.loads(frame["data"]).get("blocks"):
            shown.append(time.perf_counter())

    Call._take = take_the_time  # type: ignore[method-assign]
    relay.publish = publish  # type: ignore[method-assign]
    call_command("migrate", verbosity=0)
    student, jobs = make_cast().sari, JobHost(4)
    jobs.start()
    first, between = [], []
    for number in range(ANSWERS):
        came.clear()
        shown.clear()
        message = asking.ask(student, f"pertanyaan {number}", uuid4())
        while Reply.objects.get(message=message).is_open:
            time.sleep(0.02)
        first.append(shown[0] - came[0])
        between += [later - earlier for earlier, later in pairwise(shown)]
        message.delete()
    jobs.stop(10)
    return first, between


def report(first: list[float], between: list[float]) -> None:
    for what, seconds in (("first words", first), ("between pushes", between)):
        ordered = [round(second * 1000, 1) for second in sorted(seconds)]
        middle, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
        print(f"{what}: {len(ordered)} times, p50 {middle} ms, p95 {p95} ms, most {ordered[-1]} ms")


if __name__ == "__main__":
    main()
