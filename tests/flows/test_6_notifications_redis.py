"""NOTIFICATIONS with Redis between the processes, and with it killed under open pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flows.conftest import phone, running, sign_in
from tests.flows.server import Server
from tests.redis_server import PROGRAM, Redis

pytestmark = [
    pytest.mark.embedded_only("tests/production/faults/test_redis.py kills that of production"),
    pytest.mark.timeout(300),
    pytest.mark.skipif(not PROGRAM, reason="there is no redis-server here"),
]

SOME_NEWS = """
from educounsel.accounts.models import User
from educounsel.materi.notices import NewMateri
from educounsel.notifications.notify import notify
notice = NewMateri(subject="materi:x", title="Materi baru", text="Saat Redis mati", url="/")
notify([User.objects.get(name="Sari Amelia").pk], notice)
"""
# What the page was told about its socket, to be seen on it.
SEEN = """for (const name of ["connected", "resync"]) {
  document.addEventListener(`realtime:${name}`, () => {
    document.documentElement.dataset[name] = "yes";
  });
}"""


@pytest.fixture
def between(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def server(school_data: Path, between: Redis) -> Iterator[Server]:
    with running(Server(school_data, {"REDIS_URL": between.url})) as server:
        yield server


@pytest.fixture
def sari(browser: Browser, server: Server) -> Iterator[Page]:
    (account,) = (each for each in server.accounts() if each["name"] == "Sari Amelia")
    with phone(browser, server) as page:
        page.add_init_script(SEEN)
        sign_in(page, account)
        expect(page.locator("html")).to_have_attribute("data-connected", "yes")
        yield page


def test_a_redis_that_was_killed_loses_no_news_and_no_socket(
    sari: Page, server: Server, between: Redis
) -> None:
    between.kill()
    server.manage("shell", "--no-imports", "-c", SOME_NEWS)  # its hint goes nowhere
    between.start()
    expect(sari.locator("html")).to_have_attribute("data-resync", "yes", timeout=10_000)
    expect(sari.locator(".toast")).to_contain_text("Saat Redis mati")


def test_a_redis_that_was_emptied_signs_nobody_out(sari: Page, between: Redis) -> None:
    between.client.flushall()
    sari.reload()
    expect(sari.get_by_role("heading", level=1)).to_contain_text("Sari")
