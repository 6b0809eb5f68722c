"""COMPANION: the server dies at any moment. Every message is there, every answer once."""

import os
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.flows.conftest import MODEL_WORDS, phone, sign_in
from tests.flows.server import Server

# Fifty for a long run; each takes about three seconds.
KILLS = int(os.environ.get("EDUCOUNSEL_KILLS", "4"))
LATEST_SECONDS = 1.5
# So many that nobody writes faster than a student may.
STUDENTS = ("Sari Amelia", "Alya Rahmawati", "Nabila Zahra", "Jihan Salsabila")

type Form = dict[str, str | float | bool]


@dataclass
class Writer:
    """A student who sends again what got no answer, as the page does: with the same key."""

    page: Page
    token: str
    said: list[str] = field(default_factory=list)

    def say(self, words: str, server: Server) -> None:
        form: Form = {"text": words, "key": str(uuid4()), "csrfmiddlewaretoken": self.token}
        while not self._is_taken(form, {"Origin": server.url}):
            server.revive()
        self.said.append(words)

    def _is_taken(self, form: Form, headers: dict[str, str]) -> bool:
        address = "/student/ai-companion/chat"
        try:
            return self.page.request.post(address, form=form, headers=headers).ok
        except Error:
            return False


@pytest.fixture
def writers(browser: Browser, own_server: Server) -> Iterator[list[Writer]]:
    accounts = {account["name"]: account for account in own_server.accounts()}
    with ExitStack() as phones:
        pages = [phones.enter_context(phone(browser, own_server)) for _ in STUDENTS]
        for page, name in zip(pages, STUDENTS, strict=True):
            sign_in(page, accounts[name])
        yield [Writer(page, _token(page)) for page in pages]


def _token(page: Page) -> str:
    page.goto("/student/ai-companion")
    return page.locator("#composer [name=csrfmiddlewaretoken]").input_value()


@contextmanager
def killed_within(seconds: float, server: Server) -> Iterator[None]:
    """What is done inside is cut off, or just finished, when the server dies."""
    death = threading.Timer(seconds, server.stop, [signal.SIGKILL])
    death.start()
    yield
    death.join()
    server.revive()


@pytest.mark.timeout(60 + KILLS * 12 + 400)
def test_kill_9_at_random_moments_loses_no_message_and_doubles_no_answer(
    writers: list[Writer], own_server: Server
) -> None:
    chance = random.Random(20261124)
    for number in range(KILLS):
        writer = writers[number % len(writers)]
        with killed_within(chance.uniform(0, LATEST_SECONDS), own_server):
            writer.say(f"aku takut ujian nomor {number}", own_server)
    for writer in writers:
        _expect_each_answered_once(writer)


def _expect_each_answered_once(writer: Writer) -> None:
    writer.page.goto("/student/ai-companion")
    expect(writer.page.locator(".turn[data-open]")).to_have_count(0, timeout=400_000)
    turns = writer.page.locator(".turn[data-turn]")
    said = [words for words in turns.locator(".bubble.me").all_inner_texts() if "nomor" in words]
    assert said == writer.said
    for turn in turns.filter(has_text="nomor").all():
        words = turn.locator("[data-words]").inner_text()
        assert words == MODEL_WORDS or turn.get_by_role("button", name="Coba lagi").is_visible()
