"""What people write and who they are stands in no line of a real server, whatever goes wrong."""

import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
import requests

from tests.flows.server import Server

MARK = "kenanga"
WORDS = f"aku {MARK} sekali"


@pytest.fixture(scope="module", params=["lines", "json"])
def server(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Server]:
    """On its first levels of talkativeness, as an anxious night might set them."""
    environment = {"LOG_FORMAT": request.param, "LOG_LEVEL": "DEBUG"}
    server = Server(tmp_path_factory.mktemp("silence"), environment)
    server.start()
    yield server
    server.stop()


@dataclass
class Person:
    """A browser without a screen."""

    server: Server
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **options: object) -> int:
        return self.session.get(self.server.url + path, timeout=30, **options).status_code  # type: ignore[arg-type]

    def post(self, path: str, **typed: str) -> int:
        token = self.session.cookies.get("csrf", "")
        data = typed | {"csrfmiddlewaretoken": token}
        answer = self.session.post(
            self.server.url + path, data, timeout=30, allow_redirects=False,
            headers={"Origin": self.server.url},
        )  # fmt: skip
        return answer.status_code

    def sign_in(self) -> "Person":
        students = [a for a in self.server.accounts() if a["role"] == "student"]
        self.names = [students[0]["name"], students[0]["login"], students[0]["password"]]
        page = self.session.get(f"{self.server.url}/login", timeout=30).text
        (field_name,) = set(re.findall(r'name="(login|username)"', page))
        typed = {field_name: students[0]["login"], "password": students[0]["password"]}
        assert self.post("/login", **typed) == 302
        self.session.get(f"{self.server.url}/student/dashboard", timeout=30)
        return self


def test_nothing_that_was_typed_is_in_the_log(server: Server) -> None:
    stranger, sari = Person(server), Person(server)
    assert stranger.get(f"/{MARK}") == 404
    assert stranger.get("/login") == 200
    assert stranger.post("/login", login=f"{MARK}@sekolah.example", password=MARK) == 422
    sari.sign_in()
    say_things(sari)
    be_refused(sari)
    break_things(server, sari)
    server.stop()
    told = server.log.read_text()
    assert said_something_about_each(told)
    for secret in (MARK, *sari.names):
        assert secret.lower() not in told.lower()


def say_things(sari: Person) -> None:
    assert sari.post("/student/ai-companion/chat", text=WORDS, key=str(uuid4())) in (200, 201, 302)
    assert sari.get(f"/student/materi?q={MARK}") == 200
    assert sari.post("/student/appointments/store", topic=WORDS, slot=MARK) == 422


def be_refused(sari: Person) -> None:
    assert sari.get(f"/student/materi/{MARK}") == 404
    assert sari.post(f"/student/materi?q={MARK}") == 405
    assert sari.get(f"/student/materi?q={MARK}", headers={"Host": f"{MARK}.example"}) == 400
    token = sari.session.cookies.pop("csrf")
    assert sari.post(f"/student/ai-companion/chat?{MARK}", text=WORDS) == 403
    sari.session.cookies.set("csrf", token)
    elsewhere = {"Origin": f"https://{MARK}.example"}
    forged = sari.session.post(
        f"{sari.server.url}/student/ai-companion/chat",
        {"text": WORDS},
        headers=elsewhere,
        timeout=30,
    )
    assert forged.status_code == 403
    assert sari.get(f"/_f/{MARK}") in (403, 404)
    with socket.create_connection(("127.0.0.1", sari.server.port)) as rude:
        rude.sendall(f"GET /{MARK} {MARK}\r\n\r\n".encode())
        rude.recv(1000)


def break_things(server: Server, sari: Person) -> None:
    """A job that cannot run, a row that cannot be read, a table that is gone."""
    server.run(
        f"from educounsel.companion.tasks import process_chatbot; process_chatbot.enqueue('{MARK}')"
    )
    wait_until_the_job_has_failed(server)
    change(server, f"UPDATE schools_school SET timezone = 'Asia/{MARK}'")
    assert sari.get(f"/student/materi?q={MARK}") == 500
    change(server, "UPDATE schools_school SET timezone = 'Asia/Jakarta'")
    change(server, f"ALTER TABLE materi_materi RENAME TO {MARK}")
    assert sari.get(f"/student/materi?q={MARK}") == 503


def change(server: Server, statement: str) -> None:
    with closing(sqlite3.connect(server.data / "educounsel.sqlite3", timeout=30)) as data, data:
        data.execute(statement)


def wait_until_the_job_has_failed(server: Server) -> None:
    server.run(
        "import time; from django_ox.models import OxTask\n"
        f"while not OxTask.objects.filter(args__0='{MARK}', attempts__gte=1)"
        ".exclude(errors=[]).exists(): time.sleep(0.1)"
    )


def said_something_about_each(told: str) -> bool:
    """Else the silence would prove nothing."""
    return all(word in told for word in ("400", "403", "500", "503", "process_chatbot"))
