"""COMPANION: a student's conversations are named, found, taken along, and really gone."""

from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.flows.conftest import PhoneOf
from tests.flows.server import Server

ABOUT_EXAMS, ABOUT_SLEEP = "aku takut ujian fisika <besok> 😟", "kemarin aku susah tidur"
TITLE = "Ujian & nilai"
LIST = "/student/ai-companion/conversations"
# As if the last word had been two hours ago, at the next turn of the schedule.
TWO_HOURS_LATER = """
from datetime import timedelta
from django.db.models import F
from educounsel.companion.models import Conversation
from educounsel.companion.retention import forget_old_conversations
passed = timedelta(hours=2)
Conversation.objects.filter(is_temporary=True).update(updated_at=F("updated_at") - passed)
forget_old_conversations()
"""


def begin(page: Page, button: str, text: str) -> str:
    """A conversation in which this was said and answered; its address."""
    page.goto(LIST)
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_label("Pesan").fill(text)
    page.get_by_role("button", name="Kirim").click()
    expect(page.locator(".turn[data-turn]:not([data-open])")).to_contain_text("materi")
    return page.url


def conversation(page: Page, title: str) -> Locator:
    heading = page.get_by_role("heading", name=title, exact=True)
    return page.locator(".conversation").filter(has=heading)


def search(page: Page, words: str) -> None:
    page.get_by_label("Cari di percakapanmu").fill(words)
    page.get_by_role("button", name="Cari").click()


@pytest.fixture
def page(phone_of: PhoneOf) -> Page:
    """Somebody's with two conversations, of which one has a name."""
    page = phone_of("Intan Permatasari")
    for said in (ABOUT_EXAMS, ABOUT_SLEEP):
        begin(page, "Percakapan baru", said)
    page.goto(LIST)
    page.locator(".conversation").nth(1).get_by_role("link", name="Beri nama").click()
    page.get_by_label("Nama percakapan").fill(TITLE)
    page.get_by_role("button", name="Simpan").click()
    return page


def test_named_found_taken_along_and_deleted(page: Page, tmp_path: Path) -> None:
    search(page, "FISIKA")
    expect(page.get_by_role("heading", level=2)).to_have_text([TITLE])
    kept = conversation(page, TITLE)

    words = saved(page, kept.get_by_role("link", name="Simpan teks"), tmp_path).read_text()
    assert words.startswith("Kamu, ")
    assert words.splitlines()[1] == ABOUT_EXAMS
    assert "Kutipan dari materi sekolahmu" in words
    assert ABOUT_SLEEP not in words

    pdf = pypdfium2.PdfDocument(saved(page, kept.get_by_role("link", name="Simpan PDF"), tmp_path))
    drawn = " ".join(sheet.get_textpage().get_text_range() for sheet in pdf)
    assert "aku takut ujian fisika <besok> (…)" in drawn
    assert ABOUT_SLEEP not in drawn

    address = kept.get_by_role("heading").get_by_role("link").get_attribute("href")
    kept.locator("summary").click()
    kept.get_by_role("button", name="Ya, hapus percakapan ini").click()
    expect(page.get_by_text("Percakapan sudah dihapus.")).to_be_visible()
    expect(conversation(page, TITLE)).to_have_count(0)
    search(page, "fisika")
    expect(page.get_by_text("Tidak ada percakapan dengan kata itu.")).to_be_visible()
    search(page, "susah tidur")
    expect(page.locator(".conversation")).to_have_count(1)
    gone = page.goto(str(address))
    assert gone
    assert gone.status == 404


def saved(page: Page, link: Locator, folder: Path) -> Path:
    with page.expect_download() as download:
        link.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_temporary_one_is_gone_two_hours_after_it_was_left(
    phone_of: PhoneOf, server: Server
) -> None:
    page = phone_of("Galih Nugraha")
    address = begin(page, "Baru, sementara", ABOUT_SLEEP)
    expect(page.get_by_text("Sementara: hilang sendiri dua jam")).to_be_visible()
    page.goto(LIST)
    expect(page.locator(".conversation")).to_contain_text("sementara")
    server.run(TWO_HOURS_LATER)
    page.reload()
    expect(page.get_by_text("Belum ada percakapan.")).to_be_visible()
    gone = page.goto(address)
    assert gone
    assert gone.status == 404
