"""What runs EduCounsel elsewhere, as far as it can be read without Docker or systemd running."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from configparser import ConfigParser
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.aws import environment

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
PYTHON = ".venv/bin/python"
# Of ten, by systemd's own reckoning: what a program could still do if somebody took it over.
MOST_EXPOSED = 2.0


# --- systemd -------------------------------------------------------------------------------------


def settings_of(unit: Path) -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(unit)
    return parser


def test_one_unit_serves_and_one_works() -> None:
    started = {unit.stem: settings_of(unit)["Service"]["ExecStart"] for unit in UNITS}
    assert started == {
        "educounsel-web@": f"/usr/bin/env PORT=%i {PYTHON} manage.py serve",
        "educounsel-worker@": f"/usr/bin/env METRICS_PORT=%i {PYTHON} manage.py work",
    }


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_production_and_writes_where_it_may(unit: Path) -> None:
    told = settings_of(unit)["Service"]
    own = dict(each.split("=") for each in told["Environment"].split())
    assert own["EDUCOUNSEL_PROFILE"] == "production"
    assert own["EDUCOUNSEL_DATA"] == f"/var/lib/{told['StateDirectory']}"


@pytest.fixture
def in_place(tmp_path: Path) -> Path:
    """The units beside each other, as systemd finds them."""
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text())
    return tmp_path


def systemd(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
@pytest.mark.parametrize("name", [unit.name for unit in UNITS])
def test_systemd_understands_each_unit_and_holds_it_tightly(in_place: Path, name: str) -> None:
    understood = systemd("verify", str(in_place / name.replace("@.", "@8000.")))
    assert (understood.returncode, understood.stderr) == (0, "")
    judged = systemd("security", "--offline=yes", str(in_place / name)).stdout
    exposure = re.search(r"exposure level for \S+: ([\d.]+)", judged)
    assert exposure
    assert float(exposure[1]) <= MOST_EXPOSED


# --- Docker --------------------------------------------------------------------------------------


def steps() -> list[tuple[str, str]]:
    """Of the Dockerfile: the instruction and its words, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines]


def last(instruction: str) -> str:
    return [words for name, words in steps() if name == instruction][-1]


def test_the_image_runs_as_nobody_and_says_how_it_is() -> None:
    assert last("USER").isdecimal()
    assert int(last("USER")) > 0
    assert "/healthz" in last("HEALTHCHECK")
    assert (last("ENTRYPOINT"), last("CMD")) == ('[".venv/bin/python", "manage.py"]', '["serve"]')
    assert {name for name, _ in steps()} & {"ADD", "SHELL", "MAINTAINER"} == set()


def is_sent(path: str) -> bool:
    """Whether the build sees it: the last line of .dockerignore that fits decides."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text().split():
        pattern, keeps = line.removeprefix("!"), line.startswith("!")
        if any(fnmatch(part, pattern) for part in (path, path.split("/", maxsplit=1)[0])):
            sent = keeps
    return sent


def test_everything_that_the_image_copies_is_there_and_is_sent() -> None:
    copied = [words.split()[:-1] for name, words in steps() if name == "COPY"]
    ours = [path for words in copied for path in words if "--from" not in " ".join(words)]
    assert ours
    assert [path for path in ours if not (ROOT / path).exists() or not is_sent(path)] == []
    assert [path for path in ("var", ".git", ".env", ".venv") if is_sent(path)] == []


def test_the_image_holds_what_a_backup_asks_for() -> None:
    """The name of the release, and a pg_dump that is not older than the server."""
    copied = " ".join(words for name, words in steps() if name == "COPY")
    assert "pyproject.toml" in copied.split()
    (client,) = re.findall(r"postgresql-client-(\d+)", last("RUN"))
    assert int(client) >= int(SERVICES["postgres"]["image"].partition(":")[2])


# --- Compose -------------------------------------------------------------------------------------

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_may_do_only_what_it_must(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["image"] == "educounsel" or re.search(r":[\d.]+$", service["image"])
    assert "ports" not in service or name == "caddy"


def test_services_and_volumes_that_are_named_exist() -> None:
    waited = {each for service in SERVICES.values() for each in service.get("depends_on", ())}
    mounted = {
        place.split(":")[0]
        for service in SERVICES.values()
        for place in service.get("volumes", ())
        if not place.startswith(".")
    }
    assert waited <= set(SERVICES)
    assert mounted == set(COMPOSE["volumes"])


def test_every_setting_is_one_that_educounsel_reads() -> None:
    read = (ROOT / "educounsel" / "settings.py").read_text()
    given = {name for name in SERVICES["web"]["environment"] if f'"{name}"' not in read}
    assert given == {"FORWARDED_ALLOW_IPS"}  # that one is read by uvicorn


@pytest.mark.parametrize("name", ["prepare", "web", "worker"])
def test_any_other_setting_reaches_the_program_by_the_file(name: str) -> None:
    """And none is given here that may be empty: it would hide the one of the file."""
    assert SERVICES[name]["env_file"] == ".env"
    assert [value for value in SERVICES[name]["environment"].values() if ":-" in value] == []


@pytest.mark.skipif(not shutil.which("caddy"), reason="there is no Caddy here")
def test_caddy_understands_its_file() -> None:
    file = str(ROOT / "deploy" / "compose" / "Caddyfile")
    run = subprocess.run(
        ["caddy", "validate", "--adapter", "caddyfile", "--config", file],
        env=os.environ | {"DOMAIN": "bk.sekolah.example"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_the_runbook_asks_for_readiness_behind_the_edge() -> None:
    """Each edge that is shipped hides it: what the runbook says first must not be a 404."""
    for edge in ("compose/Caddyfile", "nginx/nginx.conf", "systemd/nginx.conf"):
        assert "/readyz" in (ROOT / "deploy" / edge).read_text()
    asked = re.findall(r"`curl ([^`]+)/readyz`", (ROOT / "docs" / "runbook.md").read_text())
    assert asked
    assert all("http://127.0.0.1:" in each and "X-Forwarded-Proto: https" in each for each in asked)


# --- AWS -----------------------------------------------------------------------------------------


def a_link_key() -> str:
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def answer_of_aws(names: dict[str, str], *asked: str) -> str:
    """As little as an operator can put there: what is made by itself, and COMPANION_KEYS."""
    if asked[0] == "ec2":
        return "192.0.2.0/25"
    return {
        "settings": json.dumps({"SECRET_KEY": "x" * 64, "COMPANION_KEYS": "A" * 43 + "="}),
        "database": json.dumps({"username": "educounsel", "password": "secret"}),
    }.get(asked[3], "secret")


def test_a_machine_on_aws_is_told_all_that_production_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "_aws", answer_of_aws)
    (tmp_path / "signing_key.pem").write_text(a_link_key())
    names = defaultdict(lambda: "a-name", SETTINGS="settings", DATABASE="database")
    told = environment.environment(names, tmp_path, "educounsel")
    needs = (
        "import os, django; django.setup();"
        "from django.conf import settings;"
        "from uvicorn import Config;"
        "from educounsel.operations.starting import NEEDED_IN_PRODUCTION;"
        "assert settings.PRODUCTION;"
        "assert all(getattr(settings, name) for name in NEEDED_IN_PRODUCTION);"
        "assert Config('').forwarded_allow_ips == 'a-name,192.0.2.0/25'"
    )
    run = subprocess.run(
        [sys.executable, "-c", needs],
        env=told | {"DJANGO_SETTINGS_MODULE": "educounsel.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
