"""NOTIFICATIONS: the server dies while it tells a school. Nobody is missed, nobody told twice."""

import re
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.flows.conftest import phone, sign_in
from tests.flows.server import Server

pytestmark = pytest.mark.embedded_only(
    "tests/production/faults/test_processes.py kills the worker that tells a school"
)

MANY = 20_000
# A toast goes by itself: each is counted as it comes.
COUNT = """() => {
  let toasts = 0;
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) toasts += addedNodes.length;
    document.body.dataset.toasts = toasts;
  }).observe(document.getElementById("toasts"), { childList: true });
}"""
A_LARGE_SCHOOL = f"""
from educounsel.accounts.models import Role, User
school = User.objects.get(name="Sari Amelia").school
User.objects.bulk_create(
    (User(school=school, role=Role.STUDENT, name="Siswa", nisn=f"9{{n:09}}", password="!")
     for n in range({MANY})), batch_size=2000)
print(User.objects.filter(school=school, role=Role.STUDENT, is_active=True).count())
"""


@pytest.fixture
def sari(browser: Browser, own_server: Server) -> Iterator[Page]:
    accounts = {account["name"]: account for account in own_server.accounts()}
    with phone(browser, own_server) as page:
        sign_in(page, accounts["Sari Amelia"])
        yield page


@pytest.fixture
def rina(browser: Browser, own_server: Server) -> Iterator[Page]:
    accounts = {account["name"]: account for account in own_server.accounts()}
    with phone(browser, own_server) as page:
        sign_in(page, accounts["Bu Rina Nuraini"])
        page.goto("/guru/materi/new")
        page.get_by_label("Judul").fill("Untuk seluruh sekolah")
        page.get_by_label("Sosial").check()
        page.get_by_label("Ringkasan").fill("Satu kalimat.")
        page.get_by_label("Isi", exact=True).fill("Untuk semua.")
        yield page


def told(server: Server) -> tuple[int, int]:
    """How many rows there are of it, and of how many people."""
    with sqlite3.connect(server.data / "educounsel.sqlite3") as database:
        rows = database.execute(
            "SELECT count(*), count(DISTINCT recipient_id) FROM notifications_notification"
            " WHERE text = 'Untuk seluruh sekolah'"
        )
        return rows.fetchone()  # type: ignore[no-any-return]


def killed_once_some_are_told(server: Server) -> threading.Thread:
    def watch() -> None:
        while not told(server)[0]:
            pass
        assert server.process
        server.process.send_signal(signal.SIGKILL)

    watching = threading.Thread(target=watch)
    watching.start()
    return watching


@pytest.mark.timeout(600)
def test_kill_9_in_the_middle_of_a_school_leaves_no_gap_and_no_double(
    sari: Page, rina: Page, own_server: Server
) -> None:
    sari.evaluate(COUNT)
    students = int(own_server.manage("shell", "--no-imports", "-c", A_LARGE_SCHOOL))
    assert students > MANY
    killing = killed_once_some_are_told(own_server)
    with suppress(Error):  # it may die before it answers
        rina.get_by_role("button", name="Simpan dan terbitkan").click()
    killing.join()
    assert own_server.process
    own_server.process.wait(timeout=30)
    assert 0 < told(own_server)[0] < students

    own_server.revive()
    expect(sari.locator(".toast")).to_have_text(re.compile("Untuk seluruh sekolah"), timeout=60_000)
    while told(own_server)[0] < students:
        sari.wait_for_timeout(200)
    assert told(own_server) == (students, students)
    assert sari.evaluate("document.body.dataset.toasts") == "1"
