"""COMPANION: a long conversation is read back to its first word, with a script and without."""

from playwright.sync_api import Browser, Page, expect

from tests.flows.conftest import Accounts, PhoneOf, phone, sign_in
from tests.flows.server import Server

LONG = """
from uuid import uuid4
from educounsel.accounts.models import User
from educounsel.companion.models import Conversation, Message, Reply
conversation = Conversation.objects.create(student=User.objects.get(name="{name}"))
for number in range(1, 121):
    message = Message.objects.create(
        conversation=conversation, text=f"pesan ke-{{number}}.", key=uuid4(), detector_version="1"
    )
    Reply.objects.create(message=message, status="selesai", text="Aku dengar.")
"""


def first_number(page: Page) -> str:
    return page.locator(".turn .bubble.me").first.inner_text()


def test_what_was_read_stays_where_it_was(server: Server, phone_of: PhoneOf) -> None:
    server.run(LONG.format(name="Kevin Sihombing"))
    kevin = phone_of("Kevin Sihombing")
    kevin.goto("/student/ai-companion")
    assert first_number(kevin) == "pesan ke-71."
    for first in ("pesan ke-21.", "pesan ke-1."):
        link = kevin.get_by_role("link", name="Pesan sebelumnya")
        link.scroll_into_view_if_needed()
        read = kevin.locator(".turn").first.element_handle()
        before = read.bounding_box()
        link.press("Enter")
        expect(kevin.locator(".turn .bubble.me").first).to_have_text(first)
        after = read.bounding_box()
        assert before
        assert after
        assert abs(before["y"] - after["y"]) < 40
        expect(kevin.get_by_role("list", name="Pesan sebelumnya").first).to_be_focused()
    expect(kevin.get_by_role("link", name="Pesan sebelumnya")).to_have_count(0)
    expect(kevin.locator("[role=log] .turn")).to_have_count(50)


def test_without_a_script_each_stretch_is_a_page(
    browser: Browser, server: Server, accounts: Accounts
) -> None:
    server.run(LONG.format(name="Rizky Firmansyah"))
    with phone(browser, server, java_script_enabled=False) as rizky:
        sign_in(rizky, accounts["Rizky Firmansyah"])
        rizky.goto("/student/ai-companion")
        for first in ("pesan ke-21.", "pesan ke-1."):
            rizky.get_by_role("link", name="Pesan sebelumnya").click()
            expect(rizky.locator(".turn .bubble.me").first).to_have_text(first)
        rizky.get_by_role("link", name="Ke pesan terbaru", exact=True).click()
        expect(rizky.locator(".turn .bubble.me").last).to_have_text("pesan ke-120.")
