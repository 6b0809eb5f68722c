"""COMPANION: chosen words handed to a Guru BK, on a phone without script, and taken back."""

from playwright.sync_api import Browser, Page, expect

from tests.flows.conftest import Accounts, PhoneOf, phone, sign_in
from tests.flows.server import Server

SECRET = "Namanya kusimpan dulu."


def test_a_student_shares_chosen_words_and_withdraws_them(
    browser: Browser, server: Server, accounts: Accounts, phone_of: PhoneOf
) -> None:
    rina = phone_of("Bu Rina Nuraini")
    with phone(browser, server, java_script_enabled=False) as alya:
        sign_in(alya, accounts["Alya Rahmawati"])
        alya.goto("/student/ai-companion")
        alya.get_by_label("Pesan").fill(f"Besok upacara. {SECRET} Gimana biar tidak gugup?")
        alya.get_by_role("button", name="Kirim").click()
        share_the_last_message(alya)
        expect(alya.get_by_text("Belum dibuka")).to_be_visible()

        toast = rina.locator(".toast")
        expect(toast).to_contain_text("Seorang siswa membagikan pesan")
        expect(toast).not_to_contain_text("Alya")
        toast.get_by_role("link").click()
        expect(rina.locator(".shared")).to_contain_text("Besok upacara. […] Gimana biar")
        expect(rina.locator("body")).not_to_contain_text(SECRET)

        alya.reload()
        expect(alya.get_by_text("Dibuka", exact=True)).to_be_visible()
        alya.locator("summary").filter(has_text="Tarik").click()
        alya.get_by_role("button", name="Ya, tarik").click()
        expect(alya.get_by_text("sempat membukanya")).to_be_visible()
        rina.reload()
        expect(rina.get_by_text("Siswa menariknya kembali")).to_be_visible()


def share_the_last_message(page: Page) -> None:
    page.get_by_role("link", name="Bagikan ke Guru BK").click()
    page.get_by_role("checkbox", name=SECRET).check()
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_role("switch", name=SECRET).check()
    page.get_by_label("Bu Rina Nuraini").check()
    page.get_by_role("button", name="Lihat persis").click()
    expect(page.locator(".shared")).not_to_contain_text(SECRET)
    page.get_by_role("button", name="Kirim ke Bu Rina Nuraini").click()
