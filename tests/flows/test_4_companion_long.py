"""COMPANION: an answer that is longer than the screen is read from its beginning."""

from collections.abc import Iterator

import pytest
from llmock.pytest_plugin import LLMock
from playwright.sync_api import Browser, Locator, Page, expect

from tests.flows.conftest import phone, sign_in
from tests.flows.server import Server

PARAGRAPHS = [f"Langkah {number}: tarik napas pelan, lalu tulis satu hal." for number in range(60)]
LAST = "Langkah 59"
# From the top of the window, and whether nothing of the page lies in front of its first words.
TOP = "(answer) => answer.getBoundingClientRect().top"
IS_SEEN = """(answer) => {
  const { left, top } = answer.getBoundingClientRect();
  return answer.contains(document.elementFromPoint(left + 20, top + 20));
}"""


@pytest.fixture
def talk(browser: Browser, own_server: Server, llmock: LLMock) -> Iterator[Page]:
    llmock.reset().pace(20).reply("\n\n".join(PARAGRAPHS), times=None)
    (account,) = (each for each in own_server.accounts() if each["name"] == "Alya Rahmawati")
    with phone(browser, own_server) as page:
        sign_in(page, account)
        page.goto("/student/ai-companion")
        yield page


def ask(talk: Page, text: str) -> Locator:
    """The answer, once it is longer than the screen and still being written."""
    talk.get_by_label("Pesan").fill(text)
    talk.get_by_role("button", name="Kirim").click()
    turn = talk.locator(".turn[data-turn]").filter(has_text=text)
    expect(turn).to_contain_text("Langkah 15")
    expect(turn).to_have_attribute("data-open", "")
    return turn.locator(".them")


def expect_whole(answer: Locator) -> None:
    expect(answer).to_contain_text(LAST, timeout=60_000)
    expect(answer).not_to_have_attribute("aria-busy", "true")


@pytest.mark.timeout(300)
def test_its_beginning_stays_in_sight_and_nobody_is_pulled(talk: Page) -> None:
    answer = ask(talk, "gimana cara tenang sebelum ujian")
    expect_whole(answer)
    assert answer.evaluate(IS_SEEN)

    talk.reload()
    assert talk.locator(".turn .them").last.evaluate(IS_SEEN)

    answer = ask(talk, "lalu gimana kalau aku lupa semuanya")
    talk.evaluate("scrollTo(0, 0)")  # somebody reads what was said before
    expect_whole(answer)
    assert talk.evaluate("scrollY") == 0

    answer = ask(talk, "terus kalau ngantuk waktu belajar gimana")
    talk.evaluate("scrollTo(0, document.documentElement.scrollHeight)")  # or reads on
    read_on = answer.evaluate(TOP)
    expect_whole(answer)
    assert answer.evaluate(TOP) <= read_on
