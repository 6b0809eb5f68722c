"""COMPANION: what Guru BK and the head of the school do about a case, on phones without script."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flows.conftest import Accounts, phone, sign_in
from tests.flows.server import Server

DANGER = "aku udah ga kuat, malam ini aku mau bunuh diri"
NAME = "Kevin Sihombing"
NOTE, REASON = "Bertemu di UKS, ditemani sampai tenang.", "Sudah pulang bersama ibunya."


@pytest.fixture
def plain_phone_of(
    browser: Browser, server: Server, accounts: Accounts
) -> Iterator[Callable[[str], Page]]:
    with ExitStack() as phones:

        def open_one(name: str) -> Page:
            page = phones.enter_context(phone(browser, server, java_script_enabled=False))
            sign_in(page, accounts[name])
            return page

        yield open_one


def test_from_the_inbox_to_closing_and_what_each_is_shown(
    plain_phone_of: Callable[[str], Page],
) -> None:
    kevin, rina = plain_phone_of(NAME), plain_phone_of("Bu Rina Nuraini")
    kevin.goto("/student/ai-companion")
    kevin.get_by_label("Pesan").fill(DANGER)
    kevin.get_by_role("button", name="Kirim").click()
    card = kevin.get_by_role("region", name="Terima kasih sudah cerita")
    expect(card).to_contain_text("diberi tahu pukul")

    rina.goto("/guru/notifications")
    rina.get_by_role("link", name="Perlu dijangkau sekarang").first.click()
    expect(rina.get_by_text(DANGER)).to_be_visible()
    rina.get_by_role("button", name="Ambil kasus").click()
    expect(rina.get_by_text("Dipegang Bu Rina Nuraini")).to_be_visible()
    kevin.reload()
    expect(card).to_contain_text("Bu Rina Nuraini sudah membaca ini")

    rina.get_by_label("Apa yang terjadi").fill(NOTE)
    rina.get_by_role("button", name="Catat kontak").click()
    expect(rina.get_by_text("Kontak dengan siswa dicatat.")).to_be_visible()
    kevin.reload()
    expect(card).to_contain_text(re.compile("Bu Rina Nuraini mencatat pukul .* sudah bicara"))
    expect(kevin.get_by_text(NOTE)).to_have_count(0)

    hand_over(rina, plain_phone_of("Pak Asep Hidayat"))

    rina.reload()
    expect(rina.get_by_text("Dipegang Pak Asep Hidayat")).to_be_visible()
    expect(rina.get_by_role("button", name="Catat kontak")).to_have_count(0)


def hand_over(rina: Page, asep: Page) -> None:
    rina.locator("summary").filter(has_text="Minta rekan").click()
    rina.get_by_label("Rekan").select_option(label="Pak Asep Hidayat")
    rina.get_by_role("button", name="Minta rekan").click()
    expect(rina.get_by_text("Menunggu Pak Asep Hidayat mengambil alih.")).to_be_visible()

    asep.goto("/guru/crisis")
    asep.get_by_role("link", name=f"Buka kasus {NAME}").click()
    asep.get_by_role("button", name="Ambil alih").click()
    expect(asep.get_by_text("Dipegang Pak Asep Hidayat").first).to_be_visible()


def test_closing_asks_for_a_reason_and_takes_the_card_away(
    plain_phone_of: Callable[[str], Page],
) -> None:
    gita, rina = plain_phone_of("Gita Puspitasari"), plain_phone_of("Bu Rina Nuraini")
    gita.goto("/student/ai-companion")
    gita.get_by_label("Pesan").fill(DANGER)
    gita.get_by_role("button", name="Kirim").click()
    rina.goto("/guru/notifications")
    rina.get_by_role("link", name="Perlu dijangkau sekarang").first.click()
    rina.get_by_role("button", name="Ambil kasus").click()
    case = rina.url
    closing = rina.locator("details").filter(has_text="Tutup kasus")
    closing.locator("summary").click()
    closing.get_by_label("Alasan menutup").fill(" ")
    closing.get_by_role("button", name="Tutup kasus").click()
    expect(closing.get_by_text("Tulis apa yang sudah dilakukan")).to_be_visible()
    closing.get_by_label("Alasan menutup").fill(REASON)
    closing.get_by_role("button", name="Tutup kasus").click()
    expect(rina.get_by_text("Kasus ditutup.")).to_be_visible()
    rina.goto(case)
    expect(rina.get_by_text(REASON)).to_be_visible()
    gita.reload()
    expect(gita.get_by_role("region", name="Terima kasih sudah cerita")).to_have_count(0)
    expect(gita.get_by_text(DANGER)).to_be_visible()


def test_a_drill_is_marked_everywhere_and_names_no_student(
    plain_phone_of: Callable[[str], Page],
) -> None:
    asep, head = plain_phone_of("Pak Asep Hidayat"), plain_phone_of("Bu Endang Wulandari")
    asep.goto("/guru/crisis/latihan")
    asep.get_by_role("button", name="Mulai latihan").click()
    expect(asep.locator(".alert")).to_contain_text("LATIHAN")
    head.goto("/kepala/crisis")
    expect(head.locator(".alert").filter(has_text="LATIHAN")).to_contain_text("belum ada yang")
    for name in (NAME, "Gita Puspitasari", DANGER):
        expect(head.locator("body")).not_to_contain_text(name)

    asep.get_by_role("button", name="Ambil kasus").click()
    asep.get_by_label("Apa yang terjadi").fill("Pura-pura menelepon.")
    asep.get_by_role("button", name="Catat kontak").click()
    head.reload()
    expect(head.locator(".card").filter(has_text="LATIHAN")).to_contain_text("Pak Asep Hidayat")
    asep.locator("summary").filter(has_text="Tutup kasus").click()
    asep.get_by_label("Alasan menutup").fill("Latihan selesai.")
    asep.get_by_role("button", name="Tutup kasus").click()
    asep.goto("/guru/crisis/latihan")
    drill = asep.locator("article").first
    expect(drill).to_contain_text("Selesai")
    for time in drill.locator("dd").all():
        expect(time).to_have_text(re.compile(r"\d+:\d\d"))
