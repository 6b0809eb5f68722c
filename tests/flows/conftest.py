"""The real thing: one server as `make run` starts it, with its demo school, and a real browser."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from llmock.pytest_plugin import LLMock
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

MANAGE = Path(__file__).parents[2] / "manage.py"
type Accounts = dict[str, dict[str, str]]
type PhoneOf = Callable[[str], Page]

MODEL_WORDS = (
    "Wajar kalau deg-degan. Coba tarik napas pelan, empat hitungan masuk, enam hitungan keluar."
)
PHONE: ViewportSize = {"width": 360, "height": 740}

expect.set_options(timeout=10_000)


@dataclass
class Server:
    """EduCounsel in a process of its own, which a test may stop, kill and start again."""

    data: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.port = self.port or _free_port()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, MANAGE, "serve"],
                env=self._environment() | {"PORT": str(self.port)},
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self._wait_until_it_listens(self.process)

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Its exit status."""
        assert self.process
        self.process.send_signal(how)
        return self.process.wait(timeout=30)

    def revive(self) -> None:
        """Starts it again if it is dead."""
        if self.process and self.process.poll() is not None:
            self.start()

    def accounts(self) -> list[dict[str, str]]:
        return json.loads(self.manage("demo_accounts", "--json"))  # type: ignore[no-any-return]

    def manage(self, *words: str) -> bytes:
        """What a command beside the server prints."""
        command = [sys.executable, str(MANAGE), *words]
        return subprocess.run(
            command, env=self._environment(), check=True, capture_output=True
        ).stdout

    def run(self, code: str) -> None:
        """Python beside the server, on its data: for what no page can do, as letting time pass."""
        shell = [sys.executable, str(MANAGE), "shell", "--verbosity", "0", "-c", code]
        subprocess.run(shell, env=self._environment(), check=True)

    def _environment(self) -> dict[str, str]:
        ours = {"EDUCOUNSEL_DATA": str(self.data), "OPENAI_API_KEY": ""}
        return os.environ | ours | self.environment

    def _wait_until_it_listens(self, process: subprocess.Popen[bytes]) -> None:
        """Its last line names the address; from then on a request waits in its socket."""
        assert process.stdout
        said = any(b"EduCounsel: http" in line for line in process.stdout)
        assert said, self.log.read_text()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("educounsel"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_server(tmp_path: Path, llmock: LLMock) -> Iterator[Server]:
    """A school of its own, whose companion asks a model that speaks slowly."""
    llmock.pace(150).reply(MODEL_WORDS, times=None)
    server = Server(
        tmp_path, {"OPENAI_BASE_URL": llmock.base_url(), "OPENAI_API_KEY": "kunci-percobaan"}
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def accounts(server: Server) -> Accounts:
    """The demo accounts by name."""
    return {account["name"]: account for account in server.accounts()}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("EDUCOUNSEL_BROWSER") or installed_browser(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


def installed_browser() -> str:
    found = subprocess.run([MANAGE.parent / "scripts/browser"], capture_output=True, check=True)
    return found.stdout.decode().strip()


@pytest.fixture
def stranger(browser: Browser, server: Server) -> Iterator[Page]:
    """A phone on which nobody is signed in."""
    with phone(browser, server) as page:
        yield page


@pytest.fixture
def stranger_without_javascript(browser: Browser, server: Server) -> Iterator[Page]:
    with phone(browser, server, java_script_enabled=False) as page:
        yield page


@pytest.fixture
def phone_of(browser: Browser, server: Server, accounts: Accounts) -> Iterator[PhoneOf]:
    """A phone of its own, with its own cookies, on which this person has signed in."""
    with ExitStack() as phones:

        def open_one(name: str) -> Page:
            page = phones.enter_context(phone(browser, server))
            sign_in(page, accounts[name])
            return page

        yield open_one


def sign_in(page: Page, account: dict[str, str]) -> None:
    page.goto("/login")
    page.get_by_label("NISN, NIS, atau e-mail").fill(account["login"])
    page.get_by_label("Kata sandi", exact=True).fill(account["password"])
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(lambda url: not url.endswith("/login"))


@contextmanager
def phone(browser: Browser, server: Server, **options: Any) -> Iterator[Page]:
    """A new one, with its own cookies. On it every page keeps to its security policy and runs
    without an error of its own."""
    context = browser.new_context(base_url=server.url, viewport=PHONE, locale="id-ID", **options)
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    yield page
    context.close()
    assert complaints == []
