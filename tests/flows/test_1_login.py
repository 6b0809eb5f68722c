"""LOGIN: a student comes in, to where they wanted to go, and leaves again."""

import re

from playwright.sync_api import Page, expect

from tests.flows.conftest import IN_PRODUCTION, Accounts
from tests.flows.server import Server


def fill_in(page: Page, login: str, password: str) -> None:
    page.get_by_label("NISN, NIS, atau e-mail").fill(login)
    page.get_by_label("Kata sandi", exact=True).fill(password)
    page.get_by_role("button", name="Masuk").click()


def session_of(page: Page) -> str:
    name = "__Host-session" if IN_PRODUCTION else "session"
    return next((c["value"] for c in page.context.cookies() if c["name"] == name), "")


def test_a_student_is_led_where_they_wanted_to_go(stranger: Page, accounts: Accounts) -> None:
    sari = accounts["Sari Amelia"]
    stranger.goto("/student/materi")
    expect(stranger).to_have_url(re.compile(r"/login\?next=/student/materi$"))
    fill_in(stranger, sari["login"], "salah")
    expect(stranger.get_by_role("alert")).to_contain_text("tidak cocok")
    expect(stranger.get_by_label("NISN, NIS, atau e-mail")).to_have_value(sari["login"])
    fill_in(stranger, sari["login"], sari["password"])
    expect(stranger).to_have_url(re.compile("/student/materi$"))
    assert session_of(stranger)


def test_each_role_arrives_at_its_own_page(stranger: Page, accounts: Accounts) -> None:
    homes = {
        "Sari Amelia": "/student/dashboard",
        "Bu Rina Nuraini": "/guru/dashboard",
        "Wulan Kartika": "/admin/",
    }
    for name, home in homes.items():
        stranger.goto("about:blank")  # what the page before still asks would bring its cookies back
        stranger.context.clear_cookies()
        stranger.goto("/login")
        fill_in(stranger, accounts[name]["login"], accounts[name]["password"])
        expect(stranger).to_have_url(re.compile(f"{home}$"))


def test_after_five_failures_the_page_counts_the_wait_down(
    stranger: Page, accounts: Accounts
) -> None:
    stranger.clock.install()
    stranger.goto("/login")
    for _ in range(5):
        fill_in(stranger, accounts["Gita Puspitasari"]["login"], "salah")
    expect(stranger.get_by_role("alert")).to_contain_text("Terlalu banyak percobaan")
    expect(stranger.get_by_role("button", name="Masuk")).to_be_disabled()
    stranger.clock.run_for(10_000)
    expect(stranger.locator("[data-seconds]")).to_have_text(re.compile("^(20|19)$"))
    stranger.clock.run_for(21_000)
    expect(stranger.get_by_role("button", name="Masuk")).to_be_enabled()


def test_after_logout_the_back_button_shows_nothing_private(
    stranger: Page, accounts: Accounts, server: Server
) -> None:
    sari = accounts["Sari Amelia"]
    stranger.goto("/login")
    fill_in(stranger, sari["login"], sari["password"])
    stranger.wait_for_url("**/student/dashboard")
    stranger.goto("/account")
    stranger.get_by_role("button", name="Keluar").click()
    expect(stranger).to_have_url(f"{server.url}/")
    stranger.go_back()
    expect(stranger).to_have_url(re.compile("/login"))
    expect(stranger.get_by_text("Sari Amelia")).to_have_count(0)


def test_login_works_without_javascript(
    stranger_without_javascript: Page, accounts: Accounts
) -> None:
    page, sari = stranger_without_javascript, accounts["Sari Amelia"]
    page.goto("/")
    page.get_by_role("link", name="Masuk").first.click()
    fill_in(page, sari["login"], sari["password"])
    expect(page.get_by_role("heading", name="Halo, Sari")).to_be_visible()
