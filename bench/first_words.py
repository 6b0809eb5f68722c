"""How long the provider's first words need to the screen of a student's phone.

    python bench/first_words.py [ANSWERS]

The whole way, every part real: llmock speaks OpenAI's API, the server is `manage.py serve`, the
phone a Chromium at 360 pixels. The clock starts where the first words leave the provider, as a wire
between the two sees them, and stops in the frame in which the page shows them. One machine's clock.
Everything is made in a folder of its own and removed again.
"""

import re
import sys
import tempfile
import threading
import time
from contextlib import suppress
from os import getloadavg
from pathlib import Path
from socket import SHUT_WR, create_connection, socket
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

from llmock.pytest_plugin import LLMock
from llmock.testing import LLMockServer
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.flows.conftest import Server, installed_browser, phone, sign_in

ANSWERS = int(sys.argv[1]) if len(sys.argv) > 1 else 100
STUDENTS = 12  # each may write ten messages a minute
PACE_MS = 30
FIRST_WORDS = re.compile(rb'"content": ?"[^"]')
# Notes when the newest answer is first seen with words, once the browser has drawn them.
WATCH = """() => {
  globalThis.seen = new Map();
  const look = () => document.querySelectorAll(".turn[data-turn]").forEach((turn) => {
    if (seen.has(turn.id) || !turn.querySelector("[data-words]").textContent.trim()) return;
    seen.set(turn.id, null);
    const note = () => seen.set(turn.id, performance.timeOrigin + performance.now());
    requestAnimationFrame(() => setTimeout(note));
  });
  look();
  const log = document.getElementById("log");
  new MutationObserver(look).observe(log, { childList: true, subtree: true });
}"""
NEWEST = "() => seen.get(document.querySelector('.turn[data-turn]:last-child')?.id)"


class Wire(ThreadingTCPServer):
    """Passes on what goes to the provider and what comes back, and notes when words come."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, provider: str) -> None:
        super().__init__(("127.0.0.1", 0), Passing)
        self.provider = urlsplit(provider)
        self.came: list[float] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{self.provider.path}"


class Passing(BaseRequestHandler):
    server: Wire

    def handle(self) -> None:
        provider = (self.server.provider.hostname, self.server.provider.port)
        with create_connection(provider) as there:
            threading.Thread(target=self._questions, args=(there,), daemon=True).start()
            is_new = True
            while answer := there.recv(65_536):
                if is_new and FIRST_WORDS.search(answer):
                    self.server.came.append(time.time())
                    is_new = False
                self.request.sendall(answer)

    def _questions(self, there: socket) -> None:
        with suppress(OSError):  # who has what it asked for hangs up
            while question := self.request.recv(65_536):
                there.sendall(question)
            there.shutdown(SHUT_WR)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, LLMockServer() as model:
        LLMock(model).pace(PACE_MS)
        wire = Wire(model.base_url("openai"))
        settings = {"OPENAI_API_KEY": "bench", "OPENAI_BASE_URL": wire.url}
        server = Server(Path(folder), settings)
        server.start()
        try:
            report(measure(server, wire))
        finally:
            server.stop()


def measure(server: Server, wire: Wire) -> list[float]:
    """Milliseconds, one an answer."""
    students = [one for one in server.accounts() if one["role"] == "student"][:STUDENTS]
    needed: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        for number, student in enumerate(students):
            with phone(browser, server) as page:
                sign_in(page, student)
                page.goto("/student/ai-companion")
                page.evaluate(WATCH)
                turns = range(number, ANSWERS, STUDENTS)
                needed += [one_answer(page, wire) for _ in turns]
    return needed


def one_answer(page: Page, wire: Wire) -> float:
    wire.came.clear()
    page.get_by_label("Pesan").fill("aku takut ujian")
    asked = time.time() * 1000
    page.get_by_role("button", name="Kirim").click()
    page.wait_for_function(f"() => ({NEWEST})() > {asked}")
    return float(page.evaluate(NEWEST)) - wire.came[0] * 1000


def report(needed: list[float]) -> None:
    ordered = sorted(needed)
    middle, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    print(f"first words on the screen, {len(ordered)} answers, load {getloadavg()[0]:.1f}:")
    print(f"p50 {middle:.0f} ms, p95 {p95:.0f} ms, most {ordered[-1]:.0f} ms")


if __name__ == "__main__":
    main()
