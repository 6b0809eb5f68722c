"""What a first visit costs a phone on prepaid data: requests and compressed bytes, page by page."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.flows.conftest import Accounts, phone, sign_in
from tests.flows.server import Server

# Requests, KiB, and KiB of scripts; pictures of materi come on top. docs/performance.md says why.
FIRST_VISIT = {
    "/student/dashboard": (13, 75, 45),
    "/student/materi": (12, 75, 45),
    "/student/materi/1": (13, 55, 30),
    "/student/ai-companion": (13, 55, 31),
    "/student/appointments/create": (13, 75, 45),
    "/student/notifications": (12, 75, 45),
}
AGAIN = (3, 15)  # the page, leave to listen, and what is new


@dataclass
class Traffic:
    """What goes over the network for one page, as the browser counts it."""

    sizes: dict[str, int] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)

    def watch(self, page: Page) -> None:
        devtools = page.context.new_cdp_session(page)
        devtools.on("Network.responseReceived", self._answered)
        devtools.on("Network.requestServedFromCache", lambda e: self._forget(e["requestId"]))
        devtools.on("Network.loadingFinished", self._finished)
        devtools.send("Network.enable")

    def _answered(self, event: dict[str, Any]) -> None:
        address = urlsplit(event["response"]["url"])
        kept = event["response"].get("fromDiskCache")
        if address.scheme == "http" and not kept and event["type"] != "Image":
            self.addresses[event["requestId"]] = address.path

    def _forget(self, request: str) -> None:
        self.addresses.pop(request, None)

    def _finished(self, event: dict[str, Any]) -> None:
        self.sizes[event["requestId"]] = event["encodedDataLength"]

    def kib(self, ending: str = "") -> float:
        counted = (pk for pk, path in self.addresses.items() if path.endswith(ending))
        return sum(self.sizes.get(pk, 0) for pk in counted) / 1024


def visit(context: BrowserContext, path: str) -> Traffic:
    traffic, page = Traffic(), context.new_page()
    traffic.watch(page)
    with page.expect_response("**/notifications/feed*"):  # the last that a page asks for by itself
        page.goto(path)
    expect(page.locator("h1").first).to_be_attached()
    page.wait_for_load_state("networkidle")
    page.close()
    return traffic


@pytest.mark.embedded_only("a browser keeps nothing of a certificate that signed itself")
@pytest.mark.parametrize(("path", "most"), FIRST_VISIT.items())
def test_a_first_visit_stays_in_its_budget(
    browser: Browser, server: Server, accounts: Accounts, path: str, most: tuple[int, int, int]
) -> None:
    with phone(browser, server) as page:
        sign_in(page, accounts["Sari Amelia"])
        cookies = page.context.cookies()
    with phone(browser, server, service_workers="block") as page:
        page.context.add_cookies(cookies)  # type: ignore[arg-type]
        first, again = visit(page.context, path), visit(page.context, path)
    requests, kib, scripts = most
    assert len(first.addresses) <= requests, sorted(first.addresses.values())
    assert first.kib() <= kib
    assert first.kib(".js") <= scripts
    assert len(again.addresses) <= AGAIN[0], sorted(again.addresses.values())
    assert again.kib() <= AGAIN[1]


def test_a_page_that_asks_by_htmx_has_it(
    browser: Browser, server: Server, accounts: Accounts
) -> None:
    """Some pages leave it out: whoever gives one of them such a part has to bring it back."""
    with phone(browser, server) as page:
        sign_in(page, accounts["Sari Amelia"])
        for path in FIRST_VISIT:
            page.goto(path)
            asks = page.locator("[hx-get], [hx-post]").count()
            has = page.locator("script[src*=htmx]").count()
            assert has or not asks, path
