"""COMPANION: everything that a message in danger can do without is away, all at once."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flows.conftest import phone, running, sign_in
from tests.flows.server import Server

pytestmark = pytest.mark.embedded_only("production does not start without Redis")

DANGER = "aku udah ga kuat, malam ini aku mau bunuh diri"


@pytest.fixture(params=["nothing listens", "nothing answers"])
def lonely_server(request: pytest.FixtureRequest, school_data: Path) -> Iterator[Server]:
    """No Redis (cache, sessions' copies, bells, hints between processes), no mail, no provider,
    and nobody who works on jobs."""
    with socket.create_server(("127.0.0.1", 0)) as there:
        port = there.getsockname()[1]
        if request.param == "nothing listens":
            there.close()
        with running(Server(school_data, _all_at(port))) as server:
            yield server


def _all_at(port: int) -> dict[str, str]:
    return {
        "REDIS_URL": f"redis://127.0.0.1:{port}/0",
        "CACHE_REDIS_URL": f"redis://127.0.0.1:{port}/1",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(port),
        "PUBLIC_URL": "https://bk.sekolah.example",
        "OPENAI_API_KEY": "kunci-percobaan",
        "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1",
        "OPENAI_MODERATION": "1",
        "JOB_THREADS": "0",
    }


@pytest.fixture
def people(browser: Browser, lonely_server: Server) -> Iterator[dict[str, Page]]:
    accounts = {account["name"]: account for account in lonely_server.accounts()}
    with phone(browser, lonely_server) as alya, phone(browser, lonely_server) as rina:
        for page, name in ((alya, "Alya Rahmawati"), (rina, "Bu Rina Nuraini")):
            sign_in(page, accounts[name])
        lonely_server.stop()  # and with it what only this process remembered
        lonely_server.start()
        yield {"alya": alya, "rina": rina}


@pytest.mark.timeout(300)
def test_danger_is_saved_answered_and_told(people: dict[str, Page]) -> None:
    alya, rina = people["alya"], people["rina"]
    alya.goto("/student/ai-companion")
    alya.get_by_label("Pesan").fill(DANGER)
    alya.get_by_role("button", name="Kirim").click()
    card = alya.get_by_role("region", name="Terima kasih sudah cerita")
    expect(card).to_contain_text("Bu Rina Nuraini (Guru BK piket) diberi tahu pukul")
    alya.reload()
    expect(alya.get_by_text(DANGER)).to_be_visible()
    expect(card).to_be_visible()

    rina.goto("/guru/notifications")
    rina.get_by_role("link", name="Perlu dijangkau sekarang").first.click()
    expect(rina.get_by_text(DANGER)).to_be_visible()
    rina.get_by_role("button", name="Ambil kasus").click()
    expect(rina.get_by_text("Dipegang Bu Rina Nuraini").first).to_be_visible()
