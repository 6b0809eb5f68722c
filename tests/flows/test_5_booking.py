"""BOOKING: two people agree on an hour, each on their own phone, and neither reloads."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.flows.conftest import PhoneOf

FREE_DAYS = re.compile("jam kosong")


def choose_an_hour(page: Page, topic: str) -> Locator:
    """The first free hour of the last day on offer; gives back the button, which says the hour."""
    page.goto("/student/appointments/create")
    page.get_by_role("link", name=re.compile("Bu Rina Nuraini")).click()
    day = page.get_by_role("link", name=FREE_DAYS).last
    day.click()
    expect(day).to_have_attribute("aria-current", "date")
    page.locator("input[name=jam]:enabled").first.check()
    page.get_by_label("Topik").fill(topic)
    return page.get_by_role("button", name=re.compile("Kirim permintaan: "))


def ask_for_an_hour(page: Page, topic: str) -> str:
    button = choose_an_hour(page, topic)
    words = button.inner_text()
    button.click()
    expect(page.locator("#main")).to_contain_text("Permintaanmu terkirim")
    return words.removeprefix("Kirim permintaan: ")


def test_a_student_asks_and_the_guru_bk_accepts(phone_of: PhoneOf) -> None:
    alya, rina = phone_of("Alya Rahmawati"), phone_of("Bu Rina Nuraini")
    rina.goto("/guru/appointments")
    hour = ask_for_an_hour(alya, "Ragu memilih ekstrakurikuler")
    expect(alya.locator("#main")).to_contain_text("Menunggu")

    request = rina.locator(".card", has_text="Alya Rahmawati").filter(
        has=rina.get_by_role("button", name="Terima")
    )
    expect(request).to_be_visible()  # by itself
    expect(request).to_contain_text(hour.split(", ")[1])
    request.get_by_role("button", name="Terima").click()

    expect(alya.locator(".toast")).to_contain_text("Janji diterima")
    alya.goto("/student/appointments")
    expect(alya.locator("#main")).to_contain_text("Diterima")


def test_a_refusal_says_why_and_frees_the_hour(phone_of: PhoneOf) -> None:
    bunga, rina = phone_of("Bunga Lestari"), phone_of("Bu Rina Nuraini")
    rina.goto("/guru/appointments")
    hour = ask_for_an_hour(bunga, "Membagi waktu")
    request = rina.locator(".card", has_text="Bunga Lestari")
    request.get_by_role("link", name="Tolak").click()
    rina.get_by_label(re.compile("Alasan")).fill("Ada rapat guru, silakan pilih jam lain.")
    rina.get_by_role("button", name=re.compile("Tolak")).click()

    expect(bunga.locator(".toast")).to_be_visible()
    bunga.goto("/student/appointments")
    bunga.get_by_role("link", name=re.compile("Bu Rina")).first.click()
    expect(bunga.locator("#main")).to_contain_text("Ada rapat guru, silakan pilih jam lain.")
    assert ask_for_an_hour(bunga, "Sekali lagi") == hour


def test_of_two_who_want_one_hour_the_second_keeps_their_words(phone_of: PhoneOf) -> None:
    first, second = phone_of("Aditya Pratama"), phone_of("Gita Puspitasari")
    send = choose_an_hour(second, "Sulit tidur")
    ask_for_an_hour(first, "Nilai turun")
    send.click()
    expect(second.locator("#main")).to_contain_text("baru saja terisi")
    expect(second.get_by_label("Topik")).to_have_value("Sulit tidur")


def test_by_keyboard_the_focus_stays_on_the_chosen_day(phone_of: PhoneOf) -> None:
    page = phone_of("Sari Amelia")
    page.goto("/student/appointments/create")
    page.get_by_role("link", name=re.compile("Bu Rina Nuraini")).press("Enter")
    day = page.get_by_role("link", name=FREE_DAYS).last
    day.press("Enter")
    expect(day).to_have_attribute("aria-current", "date")
    expect(day).to_be_focused()
