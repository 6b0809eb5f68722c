"""COMPANION: what the screening did not hear and the model does still brings people at once."""

from llmock.pytest_plugin import LLMock
from playwright.sync_api import Browser, expect

from tests.flows.conftest import phone, sign_in
from tests.flows.server import Server

LONG = "Wajar kalau berat. [[bahaya]] " + "Aku masih di sini menemanimu. " * 20


def test_the_card_comes_while_the_model_speaks_and_its_words_go(
    browser: Browser, own_server: Server, llmock: LLMock
) -> None:
    llmock.reset().pace(150).reply(LONG)
    accounts = {account["name"]: account for account in own_server.accounts()}
    with phone(browser, own_server) as alya, phone(browser, own_server) as rina:
        sign_in(alya, accounts["Alya Rahmawati"])
        sign_in(rina, accounts["Bu Rina Nuraini"])
        alya.goto("/student/ai-companion")
        alya.get_by_label("Pesan").fill("gimana cara membagi waktu belajar")
        alya.get_by_role("button", name="Kirim").click()
        card = alya.get_by_role("region", name="Terima kasih sudah cerita")
        expect(card).to_be_visible()
        answer = alya.locator(".turn").last
        expect(answer).to_contain_text("Kata-kata tetap, ditulis manusia")
        expect(answer).not_to_contain_text("menemanimu")
        expect(rina.locator(".toast")).to_contain_text("Perlu dijangkau sekarang")
        assert llmock.last_request.chunks_sent < 60
