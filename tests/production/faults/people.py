"""People at the edge, without a browser. Every request they make ends, answered or not."""

import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

SECONDS = 20
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
TAGS = re.compile(r"<[^>]+>")
OWN_CHANNELS = re.compile(r'data-realtime-channels="([^"]+)"')


class Person:
    """`account` is one of `manage.py demo_accounts --json`."""

    def __init__(self, url: str, account: dict[str, str], certificate: Path | None = None) -> None:
        self.url, self.account, self.certificate = url, account, certificate
        self.trust = ssl.create_default_context(cafile=certificate)
        self.web = httpx2.Client(base_url=url, verify=self.trust, timeout=SECONDS)
        self.token = ""

    def sign_in(self) -> httpx2.Response:
        words = {"login": self.account["login"], "password": self.account["password"]}
        self.token = token_in(self.web.get("/login").text)
        answer = self.post("/login", **words)
        if answer.status_code == 302:
            self.token = token_in(self.web.get("/account/password").text)
        return answer

    def get(self, address: str, **headers: str) -> httpx2.Response:
        return self.web.get(address, headers=headers)

    def post(self, address: str, /, files: Any = None, **form: Any) -> httpx2.Response:
        headers = {"Referer": self.url, "Origin": self.url}
        data = {"csrfmiddlewaretoken": self.token, **form}
        return self.web.post(address, data=data, files=files, headers=headers)

    def again(self) -> "Person":
        """The same session, on connections of its own."""
        again = Person(self.url, self.account, self.certificate)
        again.web.cookies, again.token = self.web.cookies, self.token
        return again

    # --- Companion -------------------------------------------------------------------------------

    def ask(self, words: str, key: str = "") -> int:
        """The message's id."""
        answer = self.post("/student/ai-companion/chat", text=words, key=key or str(uuid4()))
        assert answer.status_code == 302, answer.status_code
        shown = self.get(answer.headers["Location"]).text
        return int(re.findall(r'data-turn="(\d+)"', shown)[-1])

    def turn(self, message: int) -> str:
        return self.get(f"/student/ai-companion/messages/{message}").text

    def answer_to(self, message: int, within: float) -> str:
        """The words, once they are whole."""
        shown = until(lambda: self._whole(message), within)
        return words_in(re.findall(r"data-words>(.*?)</div>\s*<", shown, re.DOTALL)[0])

    def _whole(self, message: int) -> str:
        shown = self.turn(message)
        return "" if "data-open" in shown or "data-turn" not in shown else shown

    # --- Booking ---------------------------------------------------------------------------------

    def free_slot(self) -> dict[str, str]:
        """The last that is free with the first Guru BK: what the form sends besides its words."""
        first = self.get("/student/appointments/create").text
        guru = re.findall(r"create\?guru=(\d+)", first)[0]
        days = self.get(f"/student/appointments/create?guru={guru}").text
        day = re.findall(r"hari=([\d-]+)", days)[-1]
        hours = self.get(f"/student/appointments/create?guru={guru}&hari={day}").text
        free = [each for each in re.findall(r"<input[^>]+>", hours) if 'name="jam"' in each]
        values = [
            re.findall(r'value="([\d.]+)"', each)[0] for each in free if "disabled" not in each
        ]
        return {"guru": guru, "hari": day, "jam": values[-1]}

    def book(self, slot: dict[str, str], topic: str) -> httpx2.Response:
        return self.post("/student/appointments/store", **slot, topic=topic, key=str(uuid4()))

    # --- Materi ----------------------------------------------------------------------------------

    def publish(self, title: str, pdf: bytes = b"") -> httpx2.Response:
        """As a Guru BK, to the whole school."""
        words = {"title": title, "bidang": "sosial", "summary": "Satu kalimat.", "body": "Isinya."}
        files = {"new_pdf": ("lembar.pdf", pdf, "application/pdf")} if pdf else None
        return self.post("/guru/materi/new", files=files, **words, publish="1")

    # --- News ------------------------------------------------------------------------------------

    def feed(self, after: int = 0) -> dict[str, Any]:
        answer = self.get(f"/notifications/feed?after={after}")
        assert answer.status_code == 200, answer.status_code
        return dict(answer.json())

    @contextmanager
    def socket(self) -> Iterator["Hearing"]:
        """Subscribed to all that this person may hear."""
        page = self.get("/notifications/preferences").text
        channels = unescape(OWN_CHANNELS.findall(page)[0]).split()
        with connect(
            f"{self.url.replace('https', 'wss')}/app/educounsel",
            ssl=self.trust,
            origin=Origin(self.url),
            additional_headers={"Cookie": self._cookies()},
            open_timeout=SECONDS,
            close_timeout=2,
        ) as line:
            hearing = Hearing(line)
            hearing.subscribe(self, channels)
            yield hearing

    def _cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.web.cookies.items())


class Hearing:
    def __init__(self, line: ClientConnection) -> None:
        self.line = line

    def subscribe(self, person: Person, channels: list[str]) -> None:
        socket_id = self.hear("pusher:connection_established")["socket_id"]
        form = {"socket_id": socket_id, "channel_name": channels}
        auths = person.post("/realtime/auth", **form).json()["auths"]
        for channel in channels:
            data = {"channel": channel, "auth": auths[channel]}
            self.line.send(json.dumps({"event": "pusher:subscribe", "data": data}))
            self.hear("pusher_internal:subscription_succeeded")

    def hear(self, name: str, within: float = SECONDS) -> dict[str, Any]:
        """What the next event of this name says. Raises TimeoutError, or ConnectionClosed."""
        deadline = time.monotonic() + within
        while True:
            frame = json.loads(self.line.recv(timeout=max(deadline - time.monotonic(), 0)))
            if frame["event"] == name:
                return dict(json.loads(frame.get("data") or "{}"))


class Load:
    """People who ask for the same pages one after the other, until they are told to stop."""

    def __init__(self, people: list[Person], ask: Callable[[Person], httpx2.Response]) -> None:
        self._ask, self._enough = ask, threading.Event()
        self.seconds: list[float] = []
        self.failed: list[str] = []
        self._threads = [threading.Thread(target=self._go_on, args=[each]) for each in people]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join()

    def _go_on(self, person: Person) -> None:
        while not self._enough.is_set():
            began = time.monotonic()
            try:
                status = self._ask(person).status_code
                if status >= 400:
                    self.failed.append(str(status))
            except httpx2.HTTPError as error:
                self.failed.append(type(error).__name__)
            self.seconds.append(time.monotonic() - began)

    def wait_for(self, more: int, within: float = 60) -> list[float]:
        """The seconds that the next so many requests took."""
        before = len(self.seconds)
        until(lambda: len(self.seconds) >= before + more, within)
        return self.seconds[before:]


def p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99) - 1]


def until[T](look: Callable[[], T], within: float) -> T:
    """What `look` sees, once it is anything. A request that fails meanwhile has seen nothing."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            if seen := look():
                return seen
        except httpx2.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"Not within {within} s.")


def token_in(page: str) -> str:
    return str(TOKEN.findall(page)[0])


def words_in(html: str) -> str:
    return " ".join(unescape(TAGS.sub(" ", html)).split())
