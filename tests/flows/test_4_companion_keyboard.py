"""COMPANION: by keyboard alone, from words in danger to help, and to chosen words handed over."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.flows.conftest import PhoneOf

DANGER = "aku udah ga kuat, malam ini aku mau bunuh diri"
SECRET = "Namanya kusimpan dulu."
# What Tab has come to is framed, and nothing of the page lies in front of its middle.
IS_SEEN = """(element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && element.contains(there);
}"""


def tab_to(target: Locator, most: int = 30) -> None:
    """Everything on the way is seen, too."""
    for _ in range(most):
        target.page.keyboard.press("Tab")
        focus = target.page.locator("*:focus:not(.skip)")
        if focus.count():
            # The link that leads past the head lies over it until it has moved away again.
            target.page.wait_for_function(IS_SEEN, arg=focus.element_handle())
        if target.evaluate("(element) => element === document.activeElement"):
            return
    pytest.fail(f"Tab does not come to {target}")


def press(target: Locator, key: str = "Enter") -> None:
    tab_to(target)
    target.page.keyboard.press(key)


def test_words_in_danger_bring_the_card_and_every_help_on_it(phone_of: PhoneOf) -> None:
    page = phone_of("Fajar Maulana")
    page.goto("/student/ai-companion")
    box = page.get_by_label("Pesan")
    tab_to(box)
    page.keyboard.type(DANGER)
    page.keyboard.press("Enter")
    card = page.get_by_role("region", name="Terima kasih sudah cerita")
    expect(card).to_be_focused()
    links = card.get_by_role("link")
    calls = [link.get_attribute("href") for link in links.all()]
    assert len([call for call in calls if re.match("tel:|https://wa", call or "")]) > 4
    for link in links.all():  # as they are read, none left out
        page.keyboard.press("Tab")
        expect(link).to_be_focused()
        assert link.evaluate(IS_SEEN)
    page.keyboard.press("Tab")
    expect(box).to_be_focused()
    page.keyboard.type("cuma bercanda kok")
    page.keyboard.press("Enter")
    expect(page.locator(".turn[data-turn]")).to_have_count(2)
    expect(card).to_be_visible()
    expect(box).to_be_focused()


def test_chosen_words_are_handed_over_and_taken_back(phone_of: PhoneOf) -> None:
    page = phone_of("Elsa Marlina")
    page.goto("/student/ai-companion")
    tab_to(page.get_by_label("Pesan"))
    page.keyboard.type(f"Besok upacara. {SECRET} Gimana biar tidak gugup?")
    page.keyboard.press("Enter")
    press(page.get_by_role("link", name="Bagikan ke Guru BK"))
    press(page.get_by_role("checkbox", name=SECRET), "Space")
    press(page.get_by_role("button", name="Lanjut"))
    press(page.get_by_role("switch", name=SECRET), "Space")
    choose(page, "Bu Rina Nuraini")
    press(page.get_by_role("button", name="Lihat persis"))
    expect(page.locator(".shared")).to_contain_text("Besok upacara. […] Gimana biar")
    press(page.get_by_role("button", name="Kirim ke Bu Rina Nuraini"))
    expect(page.get_by_text("Belum dibuka")).to_be_visible()
    press(page.locator("summary").filter(has_text="Tarik"))
    press(page.get_by_role("button", name="Ya, tarik"))
    expect(page.get_by_text("Sudah kamu tarik.")).to_be_visible()
    expect(page.get_by_text("Besok upacara.")).to_have_count(0)


def choose(page: Page, guru: str) -> None:
    """Of several choices Tab comes to one, and the arrows to the others."""
    tab_to(page.get_by_role("radio").first)
    page.keyboard.press("Space")
    while not page.get_by_role("radio", name=guru).is_checked():
        page.keyboard.press("ArrowDown")
