"""What axe finds on every page of every role, light and dark, on a phone: nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.flows.conftest import Accounts, sign_in
from tests.flows.walk import pages_from

pytestmark = pytest.mark.embedded_only("the same pages look the same")

AXE = Axe()
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
FOR_STRANGERS = ["/", "/login", "/offline", "/no-such-page"]


def violations(page: Page) -> list[str]:
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = _told(page, {"resultTypes": ["violations"]})
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    return found + [f"dark {each}" for each in _told(page, COLOURS)]


def _told(page: Page, options: dict[str, list[str]]) -> list[str]:
    found = AXE.run(page, options=options).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


@pytest.mark.timeout(600)  # some forty pages for an admin
@pytest.mark.parametrize(
    "name", ["Sari Amelia", "Bu Rina Nuraini", "Bu Endang Wulandari", "Wulan Kartika"]
)
def test_no_page_of_any_role_has_a_violation(stranger: Page, accounts: Accounts, name: str) -> None:
    sign_in(stranger, accounts[name])
    found = {path: violations(stranger) for path in pages_from(stranger)}
    assert {path: these for path, these in found.items() if these} == {}


@pytest.mark.parametrize("path", FOR_STRANGERS)
def test_no_page_for_strangers_has_a_violation(stranger: Page, path: str) -> None:
    stranger.goto(path)
    assert violations(stranger) == []
