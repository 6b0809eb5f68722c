"""DASHBOARD: what is new, what is next, and where help is."""

import re

from playwright.sync_api import expect

from tests.flows.conftest import PhoneOf


def test_a_student_sees_their_day_and_where_help_is(phone_of: PhoneOf) -> None:
    sari = phone_of("Sari Amelia")
    expect(sari.get_by_role("heading", name="Halo, Sari")).to_be_visible()
    expect(sari.get_by_text("Pertemuan berikutnya")).to_be_visible()
    newest = sari.locator("section", has_text="Materi terbaru").get_by_role("heading", level=3)
    assert len(newest.all()) == 3
    expect(sari.get_by_role("link", name=re.compile("Notifikasi, .* belum dibaca"))).to_be_visible()

    sari.get_by_role("link", name="Bantuan").click()
    card = sari.get_by_role("dialog")
    expect(card.get_by_role("link", name="Telepon Bu Rina Nuraini")).to_be_visible()
    expect(card.get_by_text("119 ext 8")).to_be_visible()
    sari.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_help_is_at_the_same_place_on_every_page_and_opens_offline(phone_of: PhoneOf) -> None:
    sari = phone_of("Sari Amelia")
    places = set()
    for address in ("dashboard", "materi", "ai-companion", "appointments", "notifications"):
        sari.goto(f"/student/{address}")
        box = sari.get_by_role("link", name="Bantuan").bounding_box()
        assert box
        places.add((round(box["x"] + box["width"]), round(box["y"])))
    assert len(places) == 1, places
    sari.context.set_offline(True)
    sari.get_by_role("link", name="Bantuan").click()
    expect(sari.get_by_role("dialog").get_by_text("SAPA 129").first).to_be_visible()
