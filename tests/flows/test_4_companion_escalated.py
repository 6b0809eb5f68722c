"""COMPANION: until somebody claims, one after the other is told, whatever happens to the server."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flows.conftest import phone, sign_in
from tests.flows.server import Server

# As if all had been written so many minutes earlier: the clock moves on while the server is away.
LATER = """
from datetime import timedelta
from django.db.models import F
from django_ox.models import OxTask
from educounsel.companion.models import Case, CaseEntry, Message
passed = timedelta(minutes={minutes})
Case.objects.update(opened_at=F("opened_at") - passed, next_at=F("next_at") - passed)
CaseEntry.objects.update(at=F("at") - passed)
Message.objects.update(created_at=F("created_at") - passed)
OxTask.objects.update(run_after=F("run_after") - passed)
"""
# A toast goes by itself: each alarm is counted as it comes.
COUNT = """() => {
  let alarms = document.body.dataset.alarms = 0;
  const isAlarm = (toast) => toast.textContent.includes("Perlu dijangkau sekarang");
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) alarms += [...addedNodes].filter(isAlarm).length;
    document.body.dataset.alarms = alarms;
  }).observe(document.getElementById("toasts"), { childList: true });
}"""


@dataclass
class People:
    alya: Page  # a student of Bu Rina's
    rina: Page
    asep: Page  # another Guru BK, who also coordinates
    endang: Page  # the head of the school


@pytest.fixture
def people(browser: Browser, own_server: Server) -> Iterator[People]:
    accounts = {account["name"]: account for account in own_server.accounts()}
    names = ("Alya Rahmawati", "Bu Rina Nuraini", "Pak Asep Hidayat", "Bu Endang Wulandari")
    with ExitStack() as phones:
        pages = [phones.enter_context(phone(browser, own_server)) for _ in names]
        for page, name in zip(pages, names, strict=True):
            sign_in(page, accounts[name])
            page.evaluate(COUNT)
        yield People(*pages)


def pass_minutes(server: Server, minutes: int, end: signal.Signals = signal.SIGINT) -> None:
    server.stop(end)
    server.run(LATER.format(minutes=minutes))
    server.start()


def expect_alarms(page: Page, times: int) -> None:
    expect(page.locator("body")).to_have_attribute("data-alarms", str(times), timeout=60_000)


@pytest.mark.timeout(600)
def test_the_second_after_5_minutes_the_coordinator_after_15_the_head_after_30(
    people: People, own_server: Server
) -> None:
    people.alya.goto("/student/ai-companion")
    people.alya.get_by_label("Pesan").fill("aku udah ga kuat, malam ini aku mau bunuh diri")
    people.alya.get_by_role("button", name="Kirim").click()
    card = people.alya.get_by_role("region", name="Terima kasih sudah cerita")
    expect(card).to_contain_text("Bu Rina Nuraini (Guru BK piket) diberi tahu pukul")
    expect(card).to_contain_text("Guru BK cadangan akan diberi tahu pukul")
    expect_alarms(people.rina, 1)
    expect_alarms(people.asep, 0)

    pass_minutes(own_server, 5)
    expect(card).to_contain_text("Pak Asep Hidayat (Guru BK cadangan) diberi tahu", timeout=60_000)
    expect(card).to_contain_text("Koordinator BK akan diberi tahu pukul")
    expect_alarms(people.asep, 1)
    expect_alarms(people.endang, 0)

    pass_minutes(own_server, 10)
    expect(card).to_contain_text("Pak Asep Hidayat (Koordinator BK) diberi tahu", timeout=60_000)
    expect(card).to_contain_text("Kepala sekolah akan diberi tahu pukul")
    expect_alarms(people.asep, 2)
    expect_alarms(people.endang, 0)

    pass_minutes(own_server, 15, end=signal.SIGKILL)
    expect_alarms(people.endang, 1)
    expect(card).to_contain_text("Semua yang bisa diberi tahu sudah diberi tahu", timeout=60_000)
    expect_alarms(people.rina, 1)
    expect(people.endang.get_by_text("belum ada yang mengambil")).to_be_visible()
    expect(people.endang.locator("body")).not_to_contain_text("Alya")

    people.asep.goto("/guru/crisis")
    people.asep.get_by_role("link", name="Buka").first.click()
    told = people.asep.get_by_text("Diberi tahu sebagai")
    expect(told).to_have_count(4)
    people.asep.get_by_role("button", name="Ambil kasus").click()
    expect(card).to_contain_text("Pak Asep Hidayat sudah membaca ini dan akan menghubungimu")
    expect(card).not_to_contain_text("Belum ada yang menjawab")
