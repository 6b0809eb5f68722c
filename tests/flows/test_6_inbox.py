"""NOTIFICATIONS: the list, its numbers outside the page, and who wants no sound."""

import re

from playwright.sync_api import Page, expect

from tests.flows.conftest import PhoneOf
from tests.flows.test_6_notifications import SOUNDS, badge, publish, without_quiet_hours

ICON = """const show = async (count = 0) => { document.documentElement.dataset.icon = count; };
navigator.setAppBadge = navigator.clearAppBadge = show;"""


def test_one_kind_is_shown_alone_and_marked_alone(phone_of: PhoneOf) -> None:
    elsa = phone_of("Elsa Marlina")
    elsa.goto("/student/notifications")
    before, unread = badge(elsa), elsa.locator("#inbox li.unread")
    kinds = elsa.get_by_role("navigation", name="Saring menurut jenis")
    kinds.get_by_role("link", name="Materi baru").click()
    expect(elsa).to_have_url(re.compile(r"\?kind=materi$"))
    materi = unread.count()
    elsa.get_by_role("button", name="Tandai semua dibaca").click()
    expect(unread).to_have_count(0)
    expect(elsa).to_have_url(re.compile(r"\?kind=materi$"))
    expect(elsa.locator("[data-unread]")).to_have_text(str(before - materi))

    kinds.get_by_role("link", name="Semua").click()
    first = elsa.locator("#inbox li").first  # unread first; a tap reads it and leads to it
    expect(first).to_contain_text("Pengumuman sekolah")
    first.get_by_role("link").click()
    expect(elsa).to_have_url(re.compile("/announcements/"))
    expect(elsa.locator("[data-unread]")).to_have_text(str(before - materi - 1))


def test_the_number_is_on_the_tab_and_on_the_icon_of_the_app(phone_of: PhoneOf) -> None:
    dimas, rina = phone_of("Dimas Prasetyo"), phone_of("Bu Rina Nuraini")
    dimas.add_init_script(ICON)
    dimas.goto("/student/notifications")
    before = badge(dimas)
    expect(dimas).to_have_title(f"({before}) Notifikasi · EduCounsel")
    publish(rina, "Untuk angka di ikon")
    after = str(before + 1)
    expect(dimas).to_have_title(f"({after}) Notifikasi · EduCounsel")
    expect(dimas.locator("html")).to_have_attribute("data-icon", after)
    expect(dimas.get_by_role("link", name=f"Notifikasi, {after} belum dibaca")).to_be_visible()
    expect(dimas.locator("#inbox")).to_contain_text("Untuk angka di ikon")  # without a reload
    assert dimas.title() == f"({after}) Notifikasi · EduCounsel"


def who_taps(page: Page) -> None:
    page.add_init_script(SOUNDS)
    page.goto("/student/dashboard")
    page.get_by_role("heading", name="Halo").click()


def hears_nothing_of(page: Page, rina: Page, title: str) -> None:
    publish(rina, title)
    toast = page.get_by_role("status", name="Kabar baru").locator(".toast")
    expect(toast).to_contain_text(title)
    expect(page.locator("html")).not_to_have_attribute("data-sounded", "1")


def test_who_turned_the_sound_of_this_phone_off_sees_and_hears_not(phone_of: PhoneOf) -> None:
    galih, rina = phone_of("Galih Nugraha"), phone_of("Bu Rina Nuraini")
    without_quiet_hours(galih)
    galih.goto("/account")
    galih.get_by_role("switch", name="Suara notifikasi").uncheck()
    who_taps(galih)
    hears_nothing_of(galih, rina, "Tanpa bunyi di ponsel ini")


def test_who_muted_everything_sees_and_hears_not(phone_of: PhoneOf) -> None:
    intan, rina = phone_of("Intan Permatasari"), phone_of("Bu Rina Nuraini")
    without_quiet_hours(intan)
    intan.goto("/notifications/preferences")
    intan.get_by_role("switch", name="Senyapkan semua").check()
    intan.get_by_role("button", name="Simpan").click()
    expect(intan.locator("#main")).to_contain_text("tersimpan")
    who_taps(intan)
    hears_nothing_of(intan, rina, "Tanpa bunyi di mana pun")


def test_nothing_sounds_before_a_first_tap(phone_of: PhoneOf) -> None:
    kevin, rina = phone_of("Kevin Sihombing"), phone_of("Bu Rina Nuraini")
    without_quiet_hours(kevin)
    kevin.add_init_script(SOUNDS)
    kevin.goto("/student/dashboard")
    hears_nothing_of(kevin, rina, "Sebelum disentuh")
