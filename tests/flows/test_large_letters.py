"""Who cannot see well sets letters to twice their size: still nothing runs out of the page."""

import pytest
from playwright.sync_api import Page

from tests.flows.conftest import PhoneOf

PAGES = [
    "/student/dashboard",
    "/student/materi",
    "/student/ai-companion",
    "/student/appointments/create",
    "/student/notifications",
    "/student/help",
    "/account",
]
WIDTH = "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def sari(phone_of: PhoneOf) -> Page:
    return phone_of("Sari Amelia")


def test_letters_of_twice_the_size_stay_in_the_page(sari: Page) -> None:
    too_wide = {}
    for address in PAGES:
        sari.goto(address)
        sari.evaluate("document.documentElement.style.fontSize = '200%'")
        too_wide[address] = sari.evaluate(WIDTH)
    assert too_wide == dict.fromkeys(PAGES, 0)


def test_the_box_for_a_message_leaves_room_for_words(sari: Page) -> None:
    sari.goto("/student/ai-companion")
    sari.evaluate("document.documentElement.style.fontSize = '200%'")
    box = sari.get_by_label("Tulis pesan").bounding_box()
    assert box
    assert box["width"] > 200
