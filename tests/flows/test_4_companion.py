"""COMPANION: an answer that always comes, and a human at once when it matters."""

import re
import signal
from collections.abc import Iterator

import pytest
from llmock.pytest_plugin import LLMock
from playwright.sync_api import Browser, Page, Route, expect

from tests.flows.conftest import MODEL_WORDS as WORDS
from tests.flows.conftest import Accounts, PhoneOf, phone, sign_in
from tests.flows.server import Server

# A turn that the server knows; before that the page shows what is being sent.
SAVED = ".turn[data-turn]"


def say(page: Page, text: str) -> None:
    page.get_by_label("Pesan").fill(text)
    page.get_by_role("button", name="Kirim").click()


def test_without_a_key_the_materi_of_the_school_answer(phone_of: PhoneOf) -> None:
    alya = phone_of("Alya Rahmawati")
    alya.goto("/student/ai-companion")
    expect(alya.get_by_text("bukan manusia").first).to_be_visible()
    expect(alya.get_by_role("button", name="Aku bingung pilih jurusan")).to_be_visible()
    say(alya, "aku deg2an banget besok ujian")
    answer = alya.locator(".turn").last
    expect(answer.locator(".bubble.me")).to_have_text("aku deg2an banget besok ujian")
    expect(answer).to_contain_text("Kutipan dari materi sekolahmu, bukan AI")
    answer.get_by_role("link", name=re.compile("Menenangkan diri sebelum ujian")).first.click()
    expect(alya.get_by_role("heading", level=1)).to_contain_text("Menenangkan diri")


def test_danger_brings_the_card_at_once_and_a_human(phone_of: PhoneOf) -> None:
    nabila, rina = phone_of("Nabila Zahra"), phone_of("Bu Rina Nuraini")
    nabila.goto("/student/ai-companion")
    say(nabila, "aku udah ga kuat, malam ini aku mau bunuh diri")
    card = nabila.get_by_role("region", name="Terima kasih sudah cerita")
    expect(card).to_be_visible()
    expect(card.get_by_role("link", name="Telepon Bu Rina Nuraini")).to_be_visible()

    toast = rina.locator(".toast")
    expect(toast).to_contain_text("Perlu dijangkau sekarang")
    expect(toast).not_to_contain_text("Nabila")
    toast.get_by_role("link").click()
    expect(rina.get_by_text("aku udah ga kuat, malam ini aku mau bunuh diri")).to_be_visible()
    rina.get_by_role("button", name="Ambil kasus").click()
    expect(rina.get_by_text("Dipegang Bu Rina Nuraini").first).to_be_visible()

    say(nabila, "cuma bercanda kok hehe")
    expect(card).to_be_visible()
    nabila.reload()
    expect(card).to_contain_text("Bu Rina Nuraini")
    expect(card).to_contain_text("sudah membaca ini")


def test_a_student_is_helped_without_javascript(
    stranger_without_javascript: Page, accounts: Accounts
) -> None:
    page = stranger_without_javascript
    sign_in(page, accounts["Jihan Salsabila"])
    page.goto("/student/ai-companion")
    expect(page.get_by_role("button", name="Aku bingung pilih jurusan")).to_have_count(0)
    say(page, "mending aku mati aja, aku udah siapin talinya")
    expect(page.get_by_role("region", name="Terima kasih sudah cerita")).to_be_visible()


def test_words_changed_after_a_lost_answer_are_saved_beside_the_first(phone_of: PhoneOf) -> None:
    page = phone_of("Farhan Hakim")
    page.goto("/student/ai-companion")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/chat", lose, times=1)
    say(page, "tadi ulangan susah")
    expect(page.get_by_text("Belum terkirim")).to_be_visible()
    say(page, "sudah lebih baik")
    expect(page.locator(SAVED)).to_have_count(2)
    expect(page.locator(".turn .me")).to_have_text(["tadi ulangan susah", "sudah lebih baik"])
    expect(page.get_by_label("Pesan")).to_have_value("")


def test_two_conversations_in_two_tabs_do_not_mix(phone_of: PhoneOf) -> None:
    one = phone_of("Bagas Setiawan")
    one.goto("/student/ai-companion")
    say(one, "ini yang pertama")
    expect(one.locator(SAVED)).to_have_count(1)
    other = one.context.new_page()
    other.goto("/student/ai-companion/conversations")
    other.get_by_role("button", name="Percakapan baru").click()
    say(other, "aku pengen mati aja")
    expect(other.locator(SAVED)).to_have_count(1)
    # The card is the student's and comes to every tab; the words stay where they were said.
    expect(one.get_by_role("region", name="Terima kasih sudah cerita")).to_be_visible()
    say(one, "ini yang kedua")
    said = one.locator(".turn .bubble.me")
    expect(said).to_have_text(["ini yang pertama", "ini yang kedua"])


def test_a_conversation_that_was_deleted_in_another_tab_loses_no_word(phone_of: PhoneOf) -> None:
    one = phone_of("Dimas Prasetyo")
    one.goto("/student/ai-companion")
    say(one, "ini yang pertama")
    expect(one.locator(SAVED)).to_have_count(1)
    other = one.context.new_page()
    other.goto("/student/ai-companion/conversations")
    other.get_by_text("Hapus", exact=False).first.click()
    other.get_by_role("button", name="Ya, hapus percakapan ini").click()
    expect(other.get_by_text("Percakapan sudah dihapus.")).to_be_visible()
    say(one, "ini yang kedua")
    expect(one.locator(".turn .bubble.me")).to_have_text(["ini yang kedua"])


# --- With a model --------------------------------------------------------------------------------


@pytest.fixture
def sari(browser: Browser, own_server: Server) -> Iterator[Page]:
    accounts = {account["name"]: account for account in own_server.accounts()}
    with phone(browser, own_server) as page:
        sign_in(page, accounts["Sari Amelia"])
        page.goto("/student/ai-companion")
        yield page


def test_the_words_appear_as_they_come_and_survive_a_reload(sari: Page) -> None:
    say(sari, "aku takut ujian")
    answer = sari.locator(".turn").last.locator("[data-words]")
    expect(answer).to_contain_text("Wajar")
    assert WORDS not in answer.inner_text()
    sari.reload()
    expect(answer).to_contain_text("Wajar")
    expect(answer).to_have_text(WORDS, timeout=20_000)
    expect(sari.locator(".turn").last).to_contain_text("Sahabat AI")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_a_question_asked_just_before_the_end_is_answered_once_after_the_next_start(
    sari: Page, own_server: Server, llmock: LLMock, how: signal.Signals
) -> None:
    before = sari.locator(SAVED).count()
    say(sari, "aku takut ujian")
    expect(sari.locator(SAVED)).to_have_count(before + 1)
    own_server.stop(how)
    own_server.start()
    sari.goto("/student/ai-companion")
    expect(sari.locator(SAVED)).to_have_count(before + 1)
    expect(sari.locator(".turn").last.locator("[data-words]")).to_have_text(WORDS, timeout=40_000)


# Notes, as a screen reader does, what comes new into the log and may be said aloud.
LISTEN = """() => {
  window.heard = [];
  const hear = (node, target) => {
    const place = node.nodeType === Node.ELEMENT_NODE ? node : target;
    if (!place.closest("[aria-live=off]")) window.heard.push(node.textContent);
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) addedNodes.forEach((node) => hear(node, target));
  }).observe(document.querySelector("[role=log]"), { childList: true, subtree: true });
}"""


def test_a_screen_reader_hears_each_message_once_and_the_answer_whole(sari: Page) -> None:
    sari.evaluate(LISTEN)
    say(sari, "aku takut ujian")
    answer = sari.locator(".turn").last.locator("[data-words]")
    expect(answer).to_have_text(WORDS, timeout=20_000)
    expect(sari.locator("[data-open]")).to_have_count(0)
    heard: list[str] = sari.evaluate("window.heard")
    assert len([words for words in heard if "aku takut ujian" in words]) == 1
    assert [words for words in heard if words.strip() and words.strip() in WORDS] == []
    assert len([words for words in heard if WORDS in words]) == 1


def test_by_keyboard_alone_an_answer_is_stopped_and_asked_for_again(sari: Page) -> None:
    sari.get_by_label("Pesan").focus()
    sari.keyboard.type("aku takut ujian")
    sari.keyboard.press("Enter")
    stop = sari.get_by_role("button", name="Berhenti")
    expect(stop).to_be_visible()
    stop.focus()
    sari.keyboard.press("Enter")
    again = sari.get_by_role("button", name="Coba lagi")
    expect(again).to_be_focused()
    sari.keyboard.press("Enter")
    answer = sari.locator(".turn").last.locator("[data-words]")
    expect(answer).to_have_text(WORDS, timeout=20_000)
