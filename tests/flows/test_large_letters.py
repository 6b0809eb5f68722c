"""Who cannot see well sets letters to twice their size: still nothing runs out of the page."""

import pytest
from playwright.sync_api import Page

from tests.flows.conftest import Accounts, PhoneOf, sign_in
from tests.flows.walk import pages_from

pytestmark = pytest.mark.embedded_only("the same pages look the same")

WIDTH = "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"


LARGE = "document.documentElement.style.fontSize = '200%'"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", ["Sari Amelia", "Bu Rina Nuraini", "Bu Endang Wulandari"])
def test_letters_of_twice_the_size_stay_in_the_page(
    stranger: Page, accounts: Accounts, name: str
) -> None:
    sign_in(stranger, accounts[name])
    too_wide = {}
    for path in pages_from(stranger):
        stranger.evaluate(LARGE)
        too_wide[path] = stranger.evaluate(WIDTH)
    assert {path: wide for path, wide in too_wide.items() if wide} == {}


def test_the_box_for_a_message_leaves_room_for_words(phone_of: PhoneOf) -> None:
    sari = phone_of("Sari Amelia")
    sari.goto("/student/ai-companion")
    sari.evaluate(LARGE)
    box = sari.get_by_label("Tulis pesan").bounding_box()
    assert box
    assert box["width"] > 200
