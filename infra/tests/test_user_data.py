"""The boot script itself, as the template hands it to a machine, against a real S3 server.

Stood in for: dnf, systemctl, the agent, the signal, Secrets Manager, and /readyz.
"""

import hashlib
import json
import os
import re
import subprocess
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from educounsel_infra.asked import NO_RELEASE
from educounsel_infra.launch import SCRIPT

from tests.machine import Machine, ready_server
from tests.reading import Templates, words_of
from tests.seaweed import BIN, s3_server

REPOSITORY = Path(__file__).parents[2]
TOLD = {
    "AWS_REGION": "ap-southeast-3",
    "STACK": "educounsel",
    "RESOURCE": "WebGroup",
    "TARGETS": "arn:targets",
    "RELEASES": "releases",
    "FILES": "files",
    "DOMAIN": "bk.sekolah.example",
    "OUR_ADDRESSES": "10.0.0.0/16",
    "EDGE_ADDRESSES": "pl-edge",
    "AGENT": "/educounsel/agent/web",
    "SIGNING_KEY_ID": "K2ABC",
    "SIGNING_KEY": "arn:signing",
    "SETTINGS": "arn:settings",
    "DATABASE": "arn:database",
    "DATABASE_HOST": "db.example",
    "REDIS": "arn:redis",
    "REDIS_HOST": "redis.example",
    "CACHE": "arn:cache",
    "CACHE_HOST": "cache.example",
}
SECRETS = {
    "arn:signing": "seCret-pem\nof several\nlines",
    "arn:settings": json.dumps(
        {"SECRET_KEY": 'seCret "quoted" \\ $HOME #x', "COMPANION_KEYS": "seCret-companion"}
    ),
    "arn:database": json.dumps({"username": "educounsel", "password": "seCret/?:@#"}),
    "arn:redis": "seCret-redis",
    "arn:cache": "seCret-cache",
}


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with s3_server(tmp_path_factory.mktemp("seaweed")) as environment:
        aws(environment, "s3", "mb", "s3://releases")
        yield environment


@pytest.fixture(scope="module")
def release(s3: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A small one, put where releases are; its SHA-256."""
    folder = tmp_path_factory.mktemp("release")
    archive = folder / "release.tar.gz"
    subprocess.run(["tar", "-czf", archive, "-C", small_release(folder), "."], check=True)
    sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()
    aws(s3, "s3", "cp", str(archive), f"s3://releases/educounsel-{sha256}.tar.gz")
    (folder / "rds.pem").write_text("certificates of RDS\n")
    aws(s3, "s3", "cp", str(folder / "rds.pem"), "s3://releases/rds.pem")
    return sha256


def small_release(folder: Path) -> Path:
    """What a machine finds in each: wheels, units, and its own tools."""
    source = folder / "source"
    (source / "wheels").mkdir(parents=True)
    wheel = source / "wheels" / "school-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("school.py", "")
        about = "school-1.0.dist-info"
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: school\nVersion: 1.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        empty = urlsafe_b64encode(hashlib.sha256(b"").digest()).rstrip(b"=").decode()
        archive.writestr(f"{about}/RECORD", f"school.py,sha256={empty},0\n{about}/RECORD,,\n")
    (source / "deploy" / "systemd").mkdir(parents=True)
    for unit in ("web", "worker"):
        (source / "deploy" / "systemd" / f"educounsel-{unit}@.service").write_text("[Service]\n")
    subprocess.run(["cp", "-r", REPOSITORY / "deploy" / "aws", source / "deploy"], check=True)
    return source


def aws(environment: dict[str, str], *arguments: str) -> None:
    told = {**os.environ, **environment, "AWS_DEFAULT_REGION": "us-east-1"}
    subprocess.run([BIN / "aws", *arguments], env=told, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture
def machine(tmp_path: Path, s3: dict[str, str]) -> Machine:
    return Machine(tmp_path, s3, SECRETS)


def test_a_good_release_runs_and_says_so(machine: Machine, release: str) -> None:
    machine.with_libraries()
    with ready_server(TOLD["DOMAIN"]) as port:
        code, printed = machine.boot({**TOLD, "RELEASE": release, "TIER": "web", "PORT": port})
    assert (code, printed) == (0, "")
    assert machine.calls("cfn-signal") == [
        "--exit-code 0 --region ap-southeast-3 --stack educounsel --resource WebGroup"
    ]
    assert machine.calls("elbv2") == [
        "elbv2 wait target-in-service --region ap-southeast-3"
        " --target-group-arn arn:targets --targets Id=i-1"
    ]
    assert machine.calls("systemctl") == [
        "try-restart educounsel-web@*",  # nothing runs yet: it does nothing
        "daemon-reload",
        "enable --now --quiet educounsel-web@8000.service educounsel-environment.timer",
    ]
    assert machine.installed_units() == [
        "educounsel-environment.service",
        "educounsel-environment.timer",
        "educounsel-web@.service",
        "educounsel-web@.service.d/log.conf",
    ]
    in_release = machine.root / "srv/educounsel/.venv/bin/python"
    subprocess.run([in_release, "-c", "import school"], check=True)


def test_the_program_is_told_what_it_needs_and_nobody_else_is(
    machine: Machine, release: str
) -> None:
    _, printed = machine.boot({**TOLD, "RELEASE": release, "TIER": "workers"})
    kept = machine.root / "etc/educounsel"
    assert (kept / "environment").read_text() == (
        'EDUCOUNSEL_PROFILE="production"\n'
        'EDUCOUNSEL_DATA="/var/lib/educounsel"\n'
        'HOST="0.0.0.0"\n'
        'KEEP_ALIVE_SECONDS="360"\n'
        'ALLOWED_HOSTS="bk.sekolah.example"\n'
        'PUBLIC_URL="https://bk.sekolah.example"\n'
        'FORWARDED_ALLOW_IPS="10.0.0.0/16,192.0.2.0/25,198.51.100.0/24"\n'
        'DATABASE_URL="postgresql://educounsel@db.example:5432/educounsel"\n'
        f'PGPASSFILE="{kept}/pgpass"\n'
        'PGSSLMODE="verify-full"\n'
        f'PGSSLROOTCERT="{kept}/rds.pem"\n'
        'REDIS_URL="rediss://:seCret-redis@redis.example:6379/0"\n'
        'CACHE_REDIS_URL="rediss://:seCret-cache@cache.example:6379/0"\n'
        'S3_BUCKET="files"\n'
        'S3_REGION="ap-southeast-3"\n'
        'CLOUDFRONT_DOMAIN="bk.sekolah.example"\n'
        'CLOUDFRONT_KEY_ID="K2ABC"\n'
        f'CLOUDFRONT_KEY_FILE="{kept}/signing_key.pem"\n'
        'SECRET_KEY="seCret \\"quoted\\" \\\\ $HOME #x"\n'
        'COMPANION_KEYS="seCret-companion"\n'
    )
    for name in ("environment", "signing_key.pem"):
        assert (kept / name).stat().st_mode & 0o777 == 0o640
    assert (kept / "pgpass").read_text() == "*:*:*:*:seCret/?\\:@#\n"
    assert (kept / "pgpass").stat().st_mode & 0o777 == 0o600  # libpq believes no other
    assert kept.stat().st_mode & 0o777 == 0o750
    told = printed + "".join(path.read_text() for path in machine.root.rglob("calls/*"))
    assert "seCret" not in told
    assert "seCret" not in (kept / "names").read_text()


def test_a_tampered_release_is_not_even_unpacked(
    machine: Machine, release: str, s3: dict[str, str], tmp_path: Path
) -> None:
    claimed = "0" * 63 + "1"
    there = "s3://releases/educounsel-{}.tar.gz"
    aws(s3, "s3", "cp", there.format(release), there.format(claimed))
    code, printed = machine.boot({**TOLD, "RELEASE": claimed, "TIER": "web"})
    assert (code, printed) == (1, f"This is not release {claimed}.\n")
    assert machine.calls("cfn-signal")[0].startswith("--exit-code 1 ")
    assert machine.calls("systemctl") == []
    assert not (machine.root / "srv").exists()


def test_a_release_that_is_not_there_is_no_release(machine: Machine) -> None:
    code, _ = machine.boot({**TOLD, "RELEASE": "f" * 64, "TIER": "web"})
    assert code != 0
    assert [call.split()[1] for call in machine.calls("cfn-signal")] == [str(code)]


def test_before_the_first_release_a_machine_starts_empty(machine: Machine) -> None:
    code, printed = machine.boot({**TOLD, "RELEASE": NO_RELEASE, "TIER": "web"})
    assert (code, printed) == (0, "")
    assert machine.calls("cfn-signal")[0].startswith("--exit-code 0 ")
    assert machine.calls("dnf") == []


def test_a_worker_that_does_not_run_is_not_ready(machine: Machine, release: str) -> None:
    machine.stub("systemctl", "[ $1 != is-active ]")
    code, printed = machine.boot({**TOLD, "RELEASE": release, "TIER": "workers"})
    assert (code, printed) == (1, "The worker does not run.\n")
    assert machine.calls("systemctl")[-1] == "is-active --quiet educounsel-worker@9101.service"
    assert machine.calls("cfn-signal")[0].startswith("--exit-code 1 ")


def test_a_secret_that_may_not_be_read_is_named(machine: Machine, release: str) -> None:
    (machine.secrets / "arn:redis").unlink()
    code, printed = machine.boot({**TOLD, "RELEASE": release, "TIER": "web"})
    assert code == 1
    assert printed == "Secrets Manager does not give REDIS: arn:redis.\n"


def test_a_new_password_of_the_database_starts_nothing_again(
    machine: Machine, release: str
) -> None:
    machine.boot({**TOLD, "RELEASE": release, "TIER": "workers"})
    machine.forget_calls()
    login = {"username": "educounsel", "password": "of-next-week"}
    (machine.secrets / "arn:database").write_text(json.dumps(login))
    machine.ask_again()
    assert machine.calls("systemctl") == []
    assert "of-next-week" in (machine.root / "etc/educounsel/pgpass").read_text()


def test_a_new_setting_starts_the_program_again_once(machine: Machine, release: str) -> None:
    machine.boot({**TOLD, "RELEASE": release, "TIER": "workers"})
    machine.forget_calls()
    machine.ask_again()
    assert machine.calls("systemctl") == []
    (machine.secrets / "arn:redis").write_text("of-next-year")
    machine.ask_again()
    machine.ask_again()
    assert machine.calls("systemctl") == ["try-restart educounsel-worker@*"]
    assert "of-next-year" in (machine.root / "etc/educounsel/environment").read_text()


def test_a_question_that_fails_leaves_all_of_the_change_to_the_next_run(
    machine: Machine, release: str
) -> None:
    machine.boot({**TOLD, "RELEASE": release, "TIER": "workers"})
    machine.forget_calls()
    (machine.secrets / "arn:signing").write_text("a new key")
    settings = (machine.secrets / "arn:settings").read_text()
    (machine.secrets / "arn:settings").unlink()
    with pytest.raises(subprocess.CalledProcessError):
        machine.ask_again()
    (machine.secrets / "arn:settings").write_text(settings)
    machine.ask_again()
    assert machine.calls("systemctl") == ["try-restart educounsel-worker@*"]
    assert (machine.root / "etc/educounsel/signing_key.pem").read_text() == "a new key\n"


def test_the_template_tells_all_that_the_script_asks(templates: Templates) -> None:
    for template in templates.all("EC2::LaunchTemplate"):
        text = words_of(template["LaunchTemplateData"]["UserData"])
        told = set(re.findall(r"^export (\w+)='", text, re.MULTILINE))
        assert told == {*TOLD, "RELEASE", "TIER"}
        assert text.endswith(SCRIPT)
        assert text.startswith("#!/bin/bash\n")


def test_a_machine_can_dump_the_database(templates: Templates) -> None:
    """pg_dump reads no server that is newer than itself."""
    (client,) = re.findall(r"\bpostgresql(\d+)\b", SCRIPT)
    version = templates.one("RDS::DBInstance")["EngineVersion"]
    assert int(client) >= int(version.partition(".")[0])


def test_the_timer_runs_what_the_release_brings() -> None:
    service = (REPOSITORY / "deploy/aws/educounsel-environment.service").read_text()
    (started,) = re.findall(r"^ExecStart=(.+)$", service, re.MULTILINE)
    assert (
        started == "/usr/bin/python3.13 /srv/educounsel/deploy/aws/environment.py /etc/educounsel"
    )
    assert (REPOSITORY / "deploy/aws/environment.py").is_file()
