"""Production is broken here, part by part, and is whole again before the next test begins.

A run of the whole folder writes what it saw to docs/faults.md.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from llmock.testing import LLMockServer

from deploy.rehearsal.machine import Machine
from tests.production.faults.people import Person
from tests.production.faults.table import Table

type PersonNamed = Callable[[str], Person]
type Rows = Callable[..., list[tuple]]
type Tell = Callable[[str, str, str], None]


@pytest.fixture(scope="session")
def machine(llmock_server: LLMockServer) -> Iterator[Machine]:
    """With a demo school, whose companion asks a model of the test's own."""
    folder = Path(tempfile.mkdtemp(prefix="educounsel-"))
    model = {"OPENAI_BASE_URL": llmock_server.base_url("openai"), "OPENAI_API_KEY": "k"}
    machine = Machine(folder, more=model)
    try:
        machine.start()
        machine.manage("seed_demo")
        yield machine
    finally:
        machine.stop()
        shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def whole(machine: Machine) -> Iterator[None]:
    """Whatever a test has left frozen or dead is there again for the next one."""
    yield
    for service in [*machine.parts, *machine.processes, machine.edge]:
        if service.is_running():
            service.thaw()
        else:
            service.start()


@pytest.fixture(scope="session")
def accounts(machine: Machine) -> dict[str, dict[str, str]]:
    """By name."""
    return {each["name"]: each for each in json.loads(machine.manage("demo_accounts", "--json"))}


@pytest.fixture
def person(machine: Machine, accounts: dict[str, dict[str, str]]) -> PersonNamed:
    """Signed in."""

    def signed_in(name: str) -> Person:
        person = Person(machine.url, accounts[name], machine.edge.certificate)
        answer = person.sign_in()
        assert answer.status_code == 302, answer.status_code
        return person

    return signed_in


@pytest.fixture
def rows(machine: Machine) -> Rows:
    """The database, asked beside the product."""

    def asked(query: str, *values: object) -> list[tuple]:
        with psycopg.connect(machine.postgres.url, autocommit=True) as connection:
            answer = connection.execute(query, values)
            return answer.fetchall() if answer.description else []

    return asked


@pytest.fixture(scope="session")
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    table = Table(request.session)
    yield table
    table.write_if_whole()


@pytest.fixture
def fault(table: Table, request: pytest.FixtureRequest) -> Tell:
    """What was broken, what was promised, what was seen."""
    return lambda broken, promised, seen: table.add(request.node, broken, promised, seen)
