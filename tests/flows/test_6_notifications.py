"""NOTIFICATIONS: Bu Rina publishes, and Sari's open page tells her."""

import re

from playwright.sync_api import Page, expect

from tests.flows.conftest import PhoneOf

SOUNDS = """document.addEventListener("notification:sounded", () => {
  const { dataset } = document.documentElement;
  dataset.sounded = Number(dataset.sounded ?? 0) + 1;
});"""


def publish(rina: Page, title: str) -> None:
    rina.goto("/guru/materi/new")
    rina.get_by_label("Judul").fill(title)
    rina.get_by_label("Sosial").check()
    rina.get_by_label("Ringkasan").fill("Satu kalimat tentang materi ini.")
    rina.get_by_label("Isi", exact=True).fill("Teman baru bisa ditemui di mana saja.")
    rina.get_by_role("button", name="Simpan dan terbitkan").click()
    expect(rina.locator("#main")).to_contain_text("Aktif")


def without_quiet_hours(person: Page) -> None:
    """Whatever the clock of the school says while this runs."""
    person.goto("/notifications/preferences")
    person.get_by_role("switch", name="Jam tenang").uncheck()
    person.get_by_role("button", name="Simpan").click()
    expect(person.locator("#main")).to_contain_text("tersimpan")


def badge(page: Page) -> int:
    text = page.locator("[data-unread]").text_content()
    return int(text or 0)


def test_a_new_materi_arrives_with_toast_sound_and_badge(phone_of: PhoneOf) -> None:
    sari, rina = phone_of("Sari Amelia"), phone_of("Bu Rina Nuraini")
    without_quiet_hours(sari)
    sari.add_init_script(SOUNDS)
    sari.goto("/student/dashboard")
    sari.get_by_role("heading", name="Halo, Sari").click()  # the first tap allows sound
    before = badge(sari)

    publish(rina, "Berkenalan dengan teman baru")
    expect(sari.locator(".toast")).to_contain_text("Berkenalan dengan teman baru")
    expect(sari.locator("[data-unread]")).to_have_text(str(before + 1))
    expect(sari.locator("html")).to_have_attribute("data-sounded", "1")

    sari.locator(".toast").get_by_role("link").click()
    expect(sari.get_by_role("heading", level=1)).to_have_text("Berkenalan dengan teman baru")


def test_a_page_that_was_offline_catches_up_once_and_in_order(phone_of: PhoneOf) -> None:
    sari, rina = phone_of("Sari Amelia"), phone_of("Bu Rina Nuraini")
    sari.context.set_offline(True)
    publish(rina, "Kabar pertama")
    publish(rina, "Kabar kedua")
    expect(sari.locator(".toast")).to_have_count(0)

    sari.context.set_offline(False)
    toasts = sari.locator(".toast")
    expect(toasts).to_have_count(2)
    expect(toasts.nth(0)).to_contain_text("Kabar pertama")
    expect(toasts.nth(1)).to_contain_text("Kabar kedua")


def test_one_and_then_all_are_marked_read(phone_of: PhoneOf) -> None:
    alya = phone_of("Alya Rahmawati")
    alya.goto("/student/notifications")
    before = badge(alya)
    assert before >= 2
    alya.get_by_role("button", name=re.compile("^Tandai dibaca")).first.click()
    expect(alya.locator("[data-unread]")).to_have_text(str(before - 1))
    alya.get_by_role("button", name="Tandai semua dibaca").click()
    expect(alya.locator("[data-unread]")).to_be_hidden()


def test_of_two_tabs_one_tells(phone_of: PhoneOf) -> None:
    sari, rina = phone_of("Sari Amelia"), phone_of("Bu Rina Nuraini")
    tabs = [sari, sari.context.new_page()]
    for tab in tabs:
        tab.add_init_script(SOUNDS)
        tab.goto("/student/dashboard")
        tab.get_by_role("heading", name="Halo, Sari").click()
    before = badge(sari)
    for number in (1, 2):  # when the second is shown in both, whoever tells has told the first
        publish(rina, f"Untuk satu tab {number}")
        for tab in tabs:
            expect(tab.locator("[data-unread]")).to_have_text(str(before + number))
    told = [tab.locator(".toast").filter(has_text="Untuk satu tab 1").count() for tab in tabs]
    assert sum(told) == 1
    for tab in tabs:
        sounds = int(tab.locator("html").get_attribute("data-sounded") or 0)
        assert sounds <= tab.locator(".toast").count()


def test_a_long_time_offline_is_one_summary_and_one_sound(phone_of: PhoneOf) -> None:
    sari, rina = phone_of("Sari Amelia"), phone_of("Bu Rina Nuraini")
    without_quiet_hours(sari)
    sari.add_init_script(SOUNDS)
    sari.goto("/student/dashboard")
    sari.get_by_role("heading", name="Halo, Sari").click()
    before = badge(sari)
    sari.context.set_offline(True)
    expect(sari.get_by_text("Menyambung kembali…")).to_be_visible()
    for number in range(4):
        publish(rina, f"Saat jauh {number}")

    sari.context.set_offline(False)
    expect(sari.locator(".toast")).to_have_text(re.compile("4 notifikasi baru"))
    expect(sari.locator("[data-unread]")).to_have_text(str(before + 4))
    expect(sari.locator("html")).to_have_attribute("data-sounded", "1")
    expect(sari.get_by_text("Menyambung kembali…")).to_be_hidden()


def test_where_no_socket_can_be_had_a_page_asks_by_itself(phone_of: PhoneOf) -> None:
    sari, rina = phone_of("Sari Amelia"), phone_of("Bu Rina Nuraini")
    sari.route_web_socket(re.compile("/app/"), lambda socket: socket.close())
    sari.reload()
    publish(rina, "Lewat jalan lain")
    expect(sari.locator(".toast")).to_contain_text("Lewat jalan lain", timeout=30_000)
