"""NOTIFICATIONS with the page closed: the service worker hears, shows, and opens the page."""

import json
from typing import Any

from playwright.sync_api import CDPSession, Page, expect

from tests.flows.conftest import PhoneOf

SHOWN = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/");
  const shown = await registration.getNotifications();
  return shown.map(({ title, body, tag, data }) => ({ title, body, tag, url: data.url }));
}"""
REFUSES = """Object.defineProperty(Notification, "permission", { get: () => "default" });
Notification.requestPermission = async () => {
  document.documentElement.dataset.asked = "yes";
  return "denied";
};"""
PUSH = {"title": "Ada pembaruan jadwal", "url": "/student/appointments", "tag": "n1", "unread": 2}


def registration_of(worker: CDPSession, origin: str) -> str:
    """The service worker's registration, which Chromium names as soon as it is asked."""
    found: list[dict[str, Any]] = []
    worker.on("ServiceWorker.workerRegistrationUpdated", lambda e: found.extend(e["registrations"]))
    worker.send("ServiceWorker.enable")
    worker.send("Runtime.evaluate", {"expression": "1"})
    return str(next(each["registrationId"] for each in found if origin in each["scopeURL"]))


def test_a_push_is_shown_with_the_page_closed(phone_of: PhoneOf) -> None:
    sari = phone_of("Sari Amelia")
    context, address = sari.context, sari.url
    origin = address.split("/student")[0]
    context.grant_permissions(["notifications"], origin=origin)
    sari.evaluate("navigator.serviceWorker.ready.then(() => true)")
    beside = context.new_page()
    cdp = context.new_cdp_session(beside)
    registration = registration_of(cdp, origin)
    sari.close()

    message = {"origin": origin, "registrationId": registration, "data": json.dumps(PUSH)}
    cdp.send("ServiceWorker.deliverPushMessage", message)
    beside.goto(address)
    expect(beside.get_by_role("heading", name="Halo, Sari")).to_be_visible()
    assert shown_on(beside) == [
        {"title": PUSH["title"], "body": "", "tag": "n1", "url": "/student/appointments"}
    ]


def shown_on(page: Page) -> list[dict[str, str]]:
    found: list[dict[str, str]] = page.evaluate(SHOWN)
    return found


def test_nothing_is_asked_before_a_tap_and_a_refusal_is_explained(phone_of: PhoneOf) -> None:
    sari = phone_of("Sari Amelia")
    sari.add_init_script(REFUSES)
    sari.goto("/notifications/preferences")
    button = sari.get_by_role("button", name="Nyalakan di perangkat ini")
    expect(button).to_be_visible()
    expect(sari.locator("html")).not_to_have_attribute("data-asked", "yes")
    button.click()
    expect(sari.locator("html")).to_have_attribute("data-asked", "yes")
    expect(sari.locator("[data-says]")).to_contain_text("menolak notifikasi")
    expect(button).to_be_hidden()


def test_preferences_are_kept_without_a_script(
    stranger_without_javascript: Page, accounts: dict[str, dict[str, str]]
) -> None:
    page, account = stranger_without_javascript, accounts["Sari Amelia"]
    page.goto("/login")
    page.get_by_label("NISN, NIS, atau e-mail").fill(account["login"])
    page.get_by_label("Kata sandi", exact=True).fill(account["password"])
    page.get_by_role("button", name="Masuk").click()
    page.goto("/notifications/preferences")
    page.get_by_label("Mulai").fill("20:15")
    page.get_by_label("Materi baru: Suara").uncheck()
    page.get_by_role("button", name="Simpan").click()
    expect(page.locator("#main")).to_contain_text("tersimpan")
    expect(page.get_by_label("Mulai")).to_have_value("20:15")
    expect(page.get_by_label("Materi baru: Suara")).not_to_be_checked()
    page.get_by_label("Mulai").fill("21:00")
    page.get_by_label("Materi baru: Suara").check()
    page.get_by_role("button", name="Simpan").click()


def test_a_toast_waits_for_whoever_points_at_it_and_goes_by_escape(phone_of: PhoneOf) -> None:
    sari = phone_of("Sari Amelia")
    sari.clock.install()
    show = (
        """async (title) => (await import("/static/web/js/toast.js")).toast({ title, url: "/" })"""
    )
    show = show.replace(
        "/static/web/js/toast.js", sari.evaluate(TOAST_ADDRESS) or "/static/web/js/toast.js"
    )
    toasts = sari.locator(".toast")
    sari.evaluate(show, "Kabar")
    toasts.get_by_role("link").focus()
    sari.clock.run_for(20_000)
    expect(toasts).to_have_count(1)
    sari.keyboard.press("Tab")
    expect(toasts.get_by_role("button", name="Tutup")).to_be_focused()
    toasts.get_by_role("button", name="Tutup").blur()
    sari.clock.run_for(7_900)
    expect(toasts).to_have_count(1)
    sari.clock.run_for(200)
    expect(toasts).to_have_count(0)
    sari.evaluate(show, "Kabar lagi")
    sari.keyboard.press("Escape")
    expect(toasts).to_have_count(0)


TOAST_ADDRESS = """() => performance.getEntriesByType("resource")
  .map(({ name }) => name).find((name) => /web\\/js\\/toast\\b/.test(name))"""
