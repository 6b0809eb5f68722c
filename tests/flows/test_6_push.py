"""NOTIFICATIONS with the page closed: the service worker hears, shows, and opens the page."""

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from tests.flows.conftest import PhoneOf

SHOWN = """async () => {
  const registration = self.registration ?? await navigator.serviceWorker.getRegistration("/");
  for (;;) {  // a push has been delivered before it is shown
    const shown = await registration.getNotifications();
    const facts = ({ title, body, tag, data }) => ({ title, body, tag, url: data.url });
    if (shown.length) return shown.map(facts);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}"""
REFUSES = """Object.defineProperty(Notification, "permission", { get: () => "default" });
Notification.requestPermission = async () => {
  document.documentElement.dataset.asked = "yes";
  return "denied";
};"""
PUSH = {"title": "Ada pembaruan jadwal", "url": "/student/appointments", "tag": "n1", "unread": 2}


@dataclass
class Worker:
    """The page's own service worker, spoken to as the browser itself does: by DevTools."""

    devtools: CDPSession
    origin: str
    registration: str

    def push(self, message: dict[str, object]) -> None:
        """What a push service brings is opened by the browser; this is what it opens to."""
        whose = {"origin": self.origin, "registrationId": self.registration}
        self.devtools.send(
            "ServiceWorker.deliverPushMessage", whose | {"data": json.dumps(message)}
        )


def worker_of(page: Page, beside: Page) -> Worker:
    """Chromium names its registrations when it is asked, and a new one some moments later."""
    origin = page.url.split("/student")[0]
    page.context.grant_permissions(["notifications"], origin=origin)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    found: list[dict[str, Any]] = []
    devtools = page.context.new_cdp_session(beside)
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated", lambda e: found.extend(e["registrations"])
    )
    while not (ours := [each for each in found if origin in each["scopeURL"]]):
        devtools.send("ServiceWorker.disable")
        devtools.send("ServiceWorker.enable")
        devtools.send("Runtime.evaluate", {"expression": "1"})
    return Worker(devtools, origin, str(ours[0]["registrationId"]))


def test_a_push_is_shown_with_the_page_closed(phone_of: PhoneOf) -> None:
    sari = phone_of("Sari Amelia")
    beside, address = sari.context.new_page(), sari.url
    worker = worker_of(sari, beside)
    sari.close()
    worker.push(PUSH)
    beside.goto(address)
    expect(beside.get_by_role("heading", name="Halo, Sari")).to_be_visible()
    assert shown_on(beside) == [
        {"title": PUSH["title"], "body": "", "tag": "n1", "url": "/student/appointments"}
    ]


def test_a_push_without_words_still_says_something(phone_of: PhoneOf) -> None:
    """A browser takes the permission back from whoever is woken and shows nothing."""
    sari = phone_of("Sari Amelia")
    worker_of(sari, sari).push({})
    assert [each["title"] for each in shown_on(sari)] == ["Ada kabar baru"]


TAP = """async () => {
  const [shown] = await self.registration.getNotifications();
  const done = new Promise((resolve) => {
    const tap = new NotificationEvent("notificationclick", { notification: shown });
    const keep = tap.waitUntil.bind(tap);
    // No person tapped, so the browser lets no window come forward: what is asked for is noted.
    self.asked = [];
    self.clients.openWindow = async (url) => { self.asked.push(String(url)); };
    tap.waitUntil = (work) => resolve(work);
    self.dispatchEvent(tap);
  });
  await done.catch((error) => self.asked.push(String(error)));
  return [self.asked, (await self.registration.getNotifications()).length];
}"""


def tapped(context: BrowserContext) -> tuple[list[str], int]:
    """Which windows the worker asked to be opened, and how many notifications still stand."""
    worker = context.service_workers[0]
    worker.evaluate(SHOWN)
    asked, left = worker.evaluate(TAP)
    return asked, left


def test_a_tap_opens_the_page_it_is_about(phone_of: PhoneOf) -> None:
    sari = phone_of("Sari Amelia")
    beside = sari.context.new_page()
    worker = worker_of(sari, beside)
    sari.close()
    worker.push(PUSH)
    assert tapped(beside.context) == ([f"{worker.origin}/student/appointments"], 0)


def test_a_tap_uses_the_page_that_is_open(phone_of: PhoneOf) -> None:
    sari = phone_of("Sari Amelia")
    worker_of(sari, sari).push(PUSH)
    tapped(sari.context)
    expect(sari).to_have_url(re.compile("/student/appointments$"))
    expect(sari.get_by_role("heading", level=1)).to_have_text("Janji")


def test_a_tap_leads_nowhere_else(phone_of: PhoneOf) -> None:
    sari = phone_of("Sari Amelia")
    worker_of(sari, sari).push(PUSH | {"url": "https://jahat.example/"})
    assert tapped(sari.context) == ([], 0)
    expect(sari).to_have_url(re.compile("/student/dashboard$"))


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


# A browser here reaches no push service, so subscribing is answered on the spot: with a real key
# pair of this browser and an address of the service that Chromium would name.
SUBSCRIBES = """{
  let kept = null;
  const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  PushManager.prototype.getSubscription = async () => kept;
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (!userVisibleOnly || applicationServerKey.length !== 65) throw new Error("refused");
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const pair = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
    const p256dh = base64url(await crypto.subtle.exportKey("raw", pair.publicKey));
    const auth = base64url(crypto.getRandomValues(new Uint8Array(16)));
    const endpoint = `https://fcm.googleapis.com/fcm/send/${auth}`;
    kept = {
      endpoint,
      toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh, auth } }),
      unsubscribe: async () => { kept = null; return true; },
    };
    return kept;
  };
}"""


def test_turned_on_by_a_tap_and_off_by_another(phone_of: PhoneOf) -> None:
    sari = phone_of("Sari Amelia")
    sari.context.grant_permissions(["notifications"])
    sari.add_init_script(SUBSCRIBES)
    sari.goto("/notifications/preferences")
    says = sari.locator("[data-says]")
    on = sari.get_by_role("button", name="Nyalakan di perangkat ini")
    off = sari.get_by_role("button", name="Matikan di perangkat ini")
    with sari.expect_response(re.compile("/notifications/push$")) as kept:
        on.click()
    assert kept.value.status == 204
    expect(says).to_contain_text("Menyala di perangkat ini")
    expect(on).to_be_hidden()
    with sari.expect_response(re.compile("/notifications/push/off$")) as dropped:
        off.click()
    assert dropped.value.status == 204
    expect(off).to_be_hidden()
    expect(on).to_be_visible()


def test_where_a_push_service_cannot_be_reached_it_is_said(phone_of: PhoneOf) -> None:
    """The browser's own subscribe, from which no way leads out of this machine."""
    sari = phone_of("Sari Amelia")
    sari.context.grant_permissions(["notifications"])
    sari.goto("/notifications/preferences")
    sari.get_by_role("button", name="Nyalakan di perangkat ini").click()
    expect(sari.locator("[data-says]")).to_contain_text("Belum berhasil")
    expect(sari.get_by_role("button", name="Nyalakan di perangkat ini")).to_be_visible()


@pytest.mark.parametrize(
    ("device", "words"),
    [("iPhone", "pasang dulu EduCounsel ke layar utama"), ("", "belum bisa memberi kabar")],
)
def test_a_browser_that_cannot_is_explained(phone_of: PhoneOf, device: str, words: str) -> None:
    sari = phone_of("Sari Amelia")
    sari.add_init_script("delete window.PushManager")
    if device:
        sari.add_init_script(
            f"Object.defineProperty(navigator, 'userAgent', {{ get: () => '{device}' }})"
        )
    sari.goto("/notifications/preferences")
    expect(sari.locator("[data-says]")).to_contain_text(words)
    expect(sari.get_by_role("button", name="Nyalakan di perangkat ini")).to_be_hidden()


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
