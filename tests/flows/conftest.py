"""The real thing: one server as `make run` starts it, with its demo school, and a real browser."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from llmock.pytest_plugin import LLMock
from llmock.testing import LLMockServer
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.flows.rehearsed import RehearsedServer
from tests.flows.server import Server

SCRIPTS = Path(__file__).parents[2] / "scripts"
# Where the stories are told: on a laptop, or on production as deploy/rehearsal/ runs it.
IN_PRODUCTION = os.environ.get("EDUCOUNSEL_STORIES_ON") == "production"
type Accounts = dict[str, dict[str, str]]
type PhoneOf = Callable[[str], Page]

MODEL_WORDS = (
    "Wajar kalau deg-degan. Coba tarik napas pelan, empat hitungan masuk, enam hitungan keluar."
)
# Whatever the clock says while the stories are told: the Guru BK of the class hears first.
AT_ANY_HOUR = """
from educounsel.schools.models import CrisisPlan
CrisisPlan.objects.update(after_hours_duty=None, rings_after_hours=True)
"""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PHONE: ViewportSize = {"width": 360, "height": 740}

# How long a page is waited for, in milliseconds: browsers and servers share one machine, which may
# be busy with others. What is there sooner is not waited for.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "embedded_only(why): not told on production")


def pytest_runtest_setup(item: pytest.Item) -> None:
    mark = item.get_closest_marker("embedded_only")
    if mark and IN_PRODUCTION:
        pytest.skip(*mark.args)


@pytest.fixture(scope="session")
def demo_school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data that a first start makes. They take ten times as long to make as to copy."""
    folder = tmp_path_factory.mktemp("demo-school")
    with running(Server(folder)) as server:
        server.run(AT_ANY_HOUR)
    return folder


@pytest.fixture
def school_data(demo_school: Path, tmp_path: Path) -> Path:
    """A demo school of one's own."""
    return shutil.copytree(demo_school, tmp_path / "school")


@pytest.fixture(scope="session")
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    if IN_PRODUCTION:
        with rehearsing({}) as rehearsed:
            yield rehearsed
    else:
        data = tmp_path_factory.mktemp("educounsel") / "school"
        shutil.copytree(request.getfixturevalue("demo_school"), data)
        with running(Server(data)) as server:
            yield server


@pytest.fixture
def own_server(request: pytest.FixtureRequest, llmock: LLMock) -> Iterator[Server]:
    """A school of its own, whose companion asks a model that speaks slowly."""
    llmock.pace(150).reply(MODEL_WORDS, times=None)
    if IN_PRODUCTION:
        rehearsed: RehearsedServer = request.getfixturevalue("rehearsed")
        rehearsed.begin_anew()
        yield rehearsed
    else:
        data: Path = request.getfixturevalue("school_data")
        with running(Server(data, _asks(llmock.base_url()))) as server:
            yield server


@pytest.fixture(scope="session")
def rehearsed(llmock_server: LLMockServer) -> Iterator[RehearsedServer]:
    """Its parts take longer to start than a story to tell: they stay, and the data begin anew."""
    with rehearsing(_asks(llmock_server.base_url())) as server:
        server.keep()
        yield server


def _asks(model: str) -> dict[str, str]:
    return {"OPENAI_BASE_URL": model, "OPENAI_API_KEY": "k"}


@contextmanager
def rehearsing(settings: dict[str, str]) -> Iterator[RehearsedServer]:
    with running(RehearsedServer(settings)) as server:
        server.run(AT_ANY_HOUR)
        yield server


@contextmanager
def running[S: Server](server: S) -> Iterator[S]:
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def accounts(server: Server) -> Accounts:
    """The demo accounts by name."""
    return {account["name"]: account for account in server.accounts()}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("EDUCOUNSEL_BROWSER") or installed_browser(),
            args=[*FLAGS, *(["--ignore-certificate-errors"] if IN_PRODUCTION else [])],
        )
        yield chromium
        chromium.close()


def installed_browser() -> str:
    found = subprocess.run([SCRIPTS / "browser"], capture_output=True, check=True)
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
    context = browser.new_context(
        base_url=server.url,
        viewport=PHONE,
        locale="id-ID",
        ignore_https_errors=IN_PRODUCTION,
        **options,
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(error.stack or str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    yield page
    context.close()
    assert complaints == []
