"""The edge beside the systemd units: a release is switched behind it as docs/runbook.md says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.rehearsal.application import Web
from deploy.rehearsal.edge import program, run_as
from deploy.rehearsal.machine import Machine
from deploy.rehearsal.service import HOST, Service, free_port, start_together
from tests.production.faults.people import Load, Person, token_in

FILE = Path(__file__).parents[2] / "deploy" / "systemd" / "nginx.conf"
PORTS = ("8000", "8001", "8002", "8003")
# What Debian's own /etc/nginx/nginx.conf has around a site.
AROUND = """
daemon off;
pid site.pid;
{user}
events {{}}
http {{
{places}
{site}
}}
"""
KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")

pytestmark = pytest.mark.timeout(300)


class Site(Service):
    """Debian's nginx with our site, whose ports and certificate are those of this machine."""

    name = "site"

    def __init__(self, folder: Path, port: int, webs: list[Web], certificate: Path) -> None:
        super().__init__(folder, port)
        self._webs, self._certificate = webs, certificate

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}"

    def prepare(self) -> None:
        words = FILE.read_text()
        for port, web in zip(PORTS, self._webs, strict=True):
            words = words.replace(f"127.0.0.1:{port}", f"{HOST}:{web.port}")
        words = words.replace("listen 80;", f"listen {HOST}:{free_port()};")
        words = words.replace("listen 443 ", f"listen {HOST}:{self.port} ")
        words = re.sub(r".*listen \[::\].*\n", "", words)
        words = re.sub(r"/etc/letsencrypt/.*/fullchain.pem", str(self._certificate), words)
        key = str(self._certificate.with_suffix(".key"))
        words = re.sub(r"/etc/letsencrypt/.*/privkey.pem", key, words)
        words = words.replace("/var/log/nginx/", "")
        around = AROUND.format(user=run_as(), places="\n".join(map(_temporary, KINDS)), site=words)
        (self.folder / "nginx.conf").write_text(around)

    def command(self) -> list[str]:
        file = str(self.folder / "nginx.conf")
        return [program(), "-p", str(self.folder), "-c", file, "-e", "stderr"]


def _temporary(kind: str) -> str:
    return f"{kind}_temp_path {kind};"


@pytest.fixture
def site(machine: Machine, next_release: list[Web], tmp_path: Path) -> Iterator[Site]:
    webs = [*machine.webs, *next_release]
    site = Site(tmp_path / "site", free_port(), webs, machine.edge.certificate)
    site.start()
    yield site
    site.stop()


@pytest.fixture
def person(machine: Machine, site: Site) -> Person:
    account = json.loads(machine.manage("demo_accounts", "--json"))[0]
    person = Person(site.url, account, machine.edge.certificate)
    assert person.sign_in().status_code == 302
    return person


def test_a_release_is_switched_and_back_with_no_failed_request(
    machine: Machine, next_release: list[Web], person: Person
) -> None:
    reading = Load([person.again()], lambda each: each.get("/notifications/preferences"))
    writing = Load([person.again()], lambda each: each.post("/notifications/read"))
    with reading, writing:
        for before, after in ((machine.webs, next_release), (next_release, machine.webs)):
            start_together(web for web in after if not web.is_running())
            reading.wait_for(10)
            for web in before:
                web.stop()
            reading.wait_for(10)
            writing.wait_for(10)
    assert (reading.failed, writing.failed) == ([], [])


def test_sockets_go_through_and_figures_do_not(person: Person) -> None:
    with person.socket():
        pass
    inside = ("/metrics", "/healthz", "/readyz")
    assert [person.get(address).status_code for address in inside] == [404] * 3


def test_who_comes_is_known_by_the_edge_and_not_by_what_they_say(
    site: Site, person: Person
) -> None:
    """A guesser who claims another address each time is refused all the same."""
    stranger = Person(site.url, person.account, person.certificate)
    stranger.token = token_in(stranger.get("/login").text)
    statuses = []
    for number in range(6):
        stranger.web.headers["X-Forwarded-For"] = f"203.0.113.{number}"
        words = {"login": "sasaran@contoh.sch.id", "password": "salah"}
        statuses.append(stranger.post("/login", **words).status_code)
    assert statuses[-1] == 429


def test_a_body_that_is_too_large_is_refused_at_the_edge(person: Person) -> None:
    answer = person.post("/notifications/read", files={"f": ("f", b"x" * 13_000_000)})
    assert answer.status_code == 413


def test_without_any_process_it_says_when_to_come_back_and_whom_to_call(
    machine: Machine, person: Person
) -> None:
    for web in machine.webs:
        web.stop()
    for answer in (person.get("/student/dashboard"), person.post("/notifications/read")):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "119 ext 8" in answer.text
