"""COMPANION: the month's money is spent: kind words and the materi, and the admin sees it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from llmock.pytest_plugin import LLMock
from playwright.sync_api import Browser, Page, expect

from tests.flows.conftest import MODEL_WORDS, phone, running, sign_in
from tests.flows.server import Server

SPENT = "Jatah AI sekolahmu bulan ini sudah terpakai, jadi aku menjawab dari materi sekolahmu dulu."


@pytest.fixture
def phone_in(
    browser: Browser, school_data: Path, llmock: LLMock
) -> Iterator[Callable[[str], Page]]:
    """Of schools whose AI may cost one rupiah a month: less than one answer."""
    llmock.reply(MODEL_WORDS, times=None)
    provider = {"OPENAI_BASE_URL": llmock.base_url(), "OPENAI_API_KEY": "k"}
    server = Server(school_data, provider | {"COMPANION_RUPIAH_A_MONTH": "1"})
    with running(server), ExitStack() as stack:
        accounts = {account["name"]: account for account in server.accounts()}

        def open_one(name: str) -> Page:
            page = stack.enter_context(phone(browser, server))
            sign_in(page, accounts[name])
            return page

        yield open_one


def ask(page: Page, text: str) -> None:
    page.goto("/student/ai-companion")
    page.get_by_label("Pesan").fill(text)
    page.get_by_role("button", name="Kirim").click()


@pytest.mark.embedded_only("how much money there is, is a setting of its own server")
def test_a_spent_month_is_said_kindly_and_shown_to_the_admin(
    phone_in: Callable[[str], Page],
) -> None:
    sari, alya = phone_in("Sari Amelia"), phone_in("Alya Rahmawati")
    ask(sari, "aku takut ujian")
    expect(sari.locator(".turn").last).to_contain_text(MODEL_WORDS)
    ask(alya, "aku susah tidur sebelum ujian")
    answer = alya.locator(".turn").last
    expect(answer).to_contain_text(SPENT)
    expect(answer).to_contain_text("Kutipan dari materi sekolahmu, bukan AI")
    expect(answer.locator(".cite").first).to_be_visible()

    wulan = phone_in("Wulan Kartika")
    wulan.goto("/admin/")
    wulan.get_by_role("link", name="Pemakaian AI").first.click()
    expect(wulan.get_by_text("Jatah bulan ini sudah habis")).to_be_visible()
    expect(wulan.locator("#content tbody tr")).to_have_count(1)
    for name in ("Sari", "Alya"):
        expect(wulan.locator("#content")).not_to_contain_text(name)

    besse = phone_in("Besse Nurfadillah")  # of another school, with a month of its own
    ask(besse, "aku takut ujian")
    expect(besse.locator(".turn").last).to_contain_text(MODEL_WORDS)
