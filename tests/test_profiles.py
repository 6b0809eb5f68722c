"""What a start asks of its settings, tried with real processes."""

import ast
import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from educounsel.accounts.models import User
from educounsel.asgi import live
from tests.cast import Cast

ROOT = Path(__file__).parents[1]
KEY = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
PRODUCTION = {
    "EDUCOUNSEL_PROFILE": "production",
    "SECRET_KEY": "k" * 20 + "0123456789" * 5,
    "COMPANION_KEYS": KEY,
    "ALLOWED_HOSTS": "educounsel.example",
}
EDGE = {"CLOUDFRONT_DOMAIN": "a.example", "CLOUDFRONT_KEY_ID": "K1"}
LINK_KEY = rsa.generate_private_key(65537, 2048)
CURVE = ec.generate_private_key(ec.SECP256R1())


def pem_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return text.decode().strip()


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *words],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_deployment_checks_find_nothing_in_production(tmp_path: Path) -> None:
    run = manage(
        "check", "--deploy", "--fail-level", "WARNING",
        EDUCOUNSEL_DATA=str(tmp_path), **PRODUCTION,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        (PRODUCTION | {"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        (PRODUCTION | {"COMPANION_KEYS": ""}, "COMPANION_KEYS is not set"),
        (
            {"COMPANION_KEYS": f"{PRODUCTION['COMPANION_KEYS']},kunci"},
            "; number 2 is not 32 random",
        ),
        ({"EDUCOUNSEL_PROFILE": "prod"}, "EDUCOUNSEL_PROFILE must be one of embedded, production"),
        ({"WEB_PUSH_PRIVATE_KEY": "abc"}, "WEB_PUSH_PRIVATE_KEY must be a P-256 private key"),
        ({"JOB_THREADS": "many"}, "JOB_THREADS must be a whole number"),
        ({"PUSHER_APP_ID": "3"}, "PUSHER_KEY is not set"),
        ({"PUSHER_APP_ID": "3", "PUSHER_KEY": "k"}, "PUSHER_SECRET is not set"),
        ({"DATABASE_URL": "mysql://a:b@c/d"}, "DATABASE_URL must begin with postgres"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL must begin with redis"),
        ({"CLOUDFRONT_DOMAIN": "a.example"}, "CLOUDFRONT_KEY_ID is not set"),
        (EDGE, "CLOUDFRONT_KEY is not set. Set it, or CLOUDFRONT_KEY_FILE, to an RSA private"),
        (EDGE | {"CLOUDFRONT_KEY": "kunci"}, "CLOUDFRONT_KEY must be an RSA private key in PEM,"),
        (EDGE | {"CLOUDFRONT_KEY": pem_of(CURVE)}, "CLOUDFRONT_KEY must be an RSA private key"),
        (
            EDGE | {"CLOUDFRONT_KEY": pem_of(LINK_KEY).partition("\n")[0]},
            "without a password, all of its lines.",
        ),
        ({"DEBUG": "maybe"}, "DEBUG must be 1 or 0"),
        ({"DATABASE_URL": "postgres"}, "DATABASE_URL must begin with postgres:// or"),
        ({"DATABASE_URL": "postgresql://a:geheim/7@c/d"}, "DATABASE_URL cannot be read"),
        ({"DATABASE_URL": "postgresql://a:7/geheim@c/d"}, "DATABASE_URL cannot be read"),
        ({"DATABASE_URL": "postgresql://a:geheim[7@c/d"}, "DATABASE_URL cannot be read"),
        ({"DATABASE_URL": "postgresql://a:7#geheim@c/d"}, "DATABASE_URL cannot be read"),
        ({"DATABASE_URL": "postgresql://a:geheim@c:99999/d"}, "DATABASE_URL cannot be read"),
        ({"REDIS_URL": "redis://:geheim/x@h:6379"}, "REDIS_URL cannot be read"),
        ({"CACHE_REDIS_URL": "redis://:7?geheim@h"}, "CACHE_REDIS_URL cannot be read"),
        ({"DATABASE_POOL_SIZE": "1"}, "DATABASE_POOL_SIZE must be 2 or more, not 1."),
        ({"WEB_THREADS": "0"}, "WEB_THREADS must be 1 or more, not 0."),
        ({"EMAIL_PORT": "0"}, "EMAIL_PORT must be between 1 and 65535, not 0."),
        ({"EMAIL_PORT": "65536"}, "EMAIL_PORT must be between 1 and 65535, not 65536."),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be one of INFO,"),
        ({"S3_ENDPOINT_URL": "files.example"}, "S3_ENDPOINT_URL must be an address such as"),
        ({"PUBLIC_URL": "foo"}, "PUBLIC_URL must be an address such as https://bk"),
        ({"OPENAI_BASE_URL": "https://geheim@:1"}, "OPENAI_BASE_URL must be an address such as"),
        ({"CLOUDFRONT_DOMAIN": "https://x/"}, "CLOUDFRONT_DOMAIN must be a name such as"),
        ({"ALLOWED_HOSTS": "https://x"}, "ALLOWED_HOSTS must be names such as"),
        ({"SECRET_KEY_FILE": "/nope"}, "SECRET_KEY_FILE, /nope, cannot be read: No such file"),
        ({"METRICS_TOKEN_FILE": "/dev/null"}, "METRICS_TOKEN_FILE, /dev/null, is empty."),
        ({"EDUCOUNSEL_DATA": "/proc/nowhere"}, "cannot keep its data in /proc/nowhere"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_one_sentence(
    tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    run = manage("check", **{"EDUCOUNSEL_DATA": str(tmp_path)} | environment)
    assert run.returncode == 1
    assert sentence in run.stderr
    assert run.stderr.count("\n") == 1


def test_what_the_address_of_the_database_asks_for_is_done(tmp_path: Path) -> None:
    asked = (
        "postgresql://a:b@c/d?sslmode=verify-full&sslrootcert=/ca.pem&pool=1&tcp_user_timeout=2000"
    )
    run = manage(
        "shell", "--no-imports", "-c",
        "from django.conf import settings; options = settings.DATABASES['default']['OPTIONS'];"
        "print(options.pop('pool')['max_size'], options)",
        EDUCOUNSEL_DATA=str(tmp_path), DATABASE_URL=asked, DATABASE_POOL_SIZE="5",
    )  # fmt: skip
    size, _, options = run.stdout.partition(" ")
    assert size == "5"
    assert ast.literal_eval(options) == {
        "sslmode": "verify-full", "sslrootcert": "/ca.pem", "connect_timeout": 3,
        "tcp_user_timeout": 2000, "keepalives_idle": 5, "keepalives_interval": 2,
        "keepalives_count": 2,
    }  # fmt: skip


SECRETS = {
    "SECRET_KEY": "SECRET_KEY",
    "DATABASE_URL": "DATABASES['default']['PASSWORD']",
    "REDIS_URL": "REDIS_URL",
    "CACHE_REDIS_URL": "CACHE_REDIS_URL",
    "S3_ACCESS_KEY_ID": "S3_FILES['OPTIONS']['access_key']",
    "S3_SECRET_ACCESS_KEY": "S3_FILES['OPTIONS']['secret_key']",
    "CLOUDFRONT_KEY_ID": "S3_FILES['OPTIONS']['cloudfront_key_id']",
    "CLOUDFRONT_KEY": "S3_FILES['OPTIONS']['cloudfront_key']",
    "PUSHER_KEY": "REALTIME_KEY",
    "PUSHER_SECRET": "REALTIME_SECRET",
    "OPENAI_API_KEY": "OPENAI_API_KEY",
    "WHATSAPP_TOKEN": "WHATSAPP_TOKEN",
    "EMAIL_PASSWORD": "SMTP['OPTIONS']['password']",
    "METRICS_TOKEN": "METRICS_TOKEN",
}
WRITTEN = {name: f"of-{name}" for name in SECRETS} | {
    "DATABASE_URL": "postgresql://a:of-DATABASE_URL@c/d",
    "REDIS_URL": "redis://:of-REDIS_URL@c/1",
    "CACHE_REDIS_URL": "redis://:of-CACHE_REDIS_URL@c/1",
    "CLOUDFRONT_KEY": pem_of(LINK_KEY),
}


@pytest.mark.parametrize("hosted", ["", "3"])
def test_every_secret_may_stand_in_a_file(tmp_path: Path, hosted: str) -> None:
    environment = {
        "EDUCOUNSEL_DATA": str(tmp_path), "PUSHER_APP_ID": hosted, "EMAIL_USER": "u",
        "CLOUDFRONT_DOMAIN": "a.example", "WHATSAPP_PHONE_NUMBER_ID": "1",
    }  # fmt: skip
    for name in SECRETS:
        file = tmp_path / name
        file.write_text(WRITTEN[name] + "\n")
        environment |= {name: "", f"{name}_FILE": str(file)}
    words = "from educounsel import settings; print([" + ",".join(
        f"settings.{place}" for place in SECRETS.values()
    ) + "])"  # fmt: skip
    run = manage("shell", "--no-imports", "-c", words, **environment)
    found = dict(zip(SECRETS, ast.literal_eval(run.stdout), strict=True))
    assert [name for name in SECRETS if not found[name] or found[name] not in WRITTEN[name]] == []


def test_a_busy_port_is_refused_in_one_sentence(tmp_path: Path, busy_port: int) -> None:
    run = manage("serve", EDUCOUNSEL_DATA=str(tmp_path), PORT=str(busy_port))
    assert run.returncode == 1
    assert f"Port {busy_port} cannot be used" in run.stderr
    assert run.stderr.count("\n") == 1


def test_two_workers_do_not_tell_their_figures_at_one_port(tmp_path: Path, busy_port: int) -> None:
    manage("migrate", EDUCOUNSEL_DATA=str(tmp_path))
    run = manage("work", EDUCOUNSEL_DATA=str(tmp_path), METRICS_PORT=str(busy_port))
    assert run.returncode == 1
    assert f"METRICS_PORT {busy_port} cannot be used (Address already in use)." in run.stderr
    assert "Traceback" not in run.stderr


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_the_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    for _ in range(2):
        manage("check", EDUCOUNSEL_DATA=str(tmp_path))
    (secret,) = tmp_path.glob("secret_key*")
    assert secret.stat().st_mode & 0o777 == 0o600
    assert len(secret.read_text()) >= 50
    (push_key,) = tmp_path.glob("web_push_key*")
    assert push_key.stat().st_mode & 0o777 == 0o600
    assert len(push_key.read_text()) == 43


def test_the_key_of_what_is_sealed_is_made_once_and_never_replaced(tmp_path: Path) -> None:
    for _ in range(2):
        assert manage("check", EDUCOUNSEL_DATA=str(tmp_path)).returncode == 0
    (kept,) = tmp_path.glob("companion_keys*")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert Fernet(kept.read_text())
    kept.write_text("")
    run = manage("check", EDUCOUNSEL_DATA=str(tmp_path))
    assert "COMPANION_KEYS must be keys" in run.stderr
    assert kept.read_text() == ""


def test_a_refused_key_is_not_shown(tmp_path: Path) -> None:
    run = manage("check", EDUCOUNSEL_DATA=str(tmp_path), COMPANION_KEYS="kunci-rahasia")
    assert run.returncode == 1
    assert "kunci-rahasia" not in run.stdout + run.stderr


def test_production_does_not_start_with_demo_accounts(
    transactional_db: None, cast: Cast, settings: Any
) -> None:
    settings.PRODUCTION, settings.DEMO, settings.JOB_THREADS = True, False, 0
    settings.DATABASE_URL = settings.S3_BUCKET = "there"
    settings.REDIS_URL = settings.CACHE_REDIS_URL = "redis://127.0.0.1:1"
    User.objects.filter(pk=cast.sari.pk).update(is_demo=True)
    said = asyncio.run(_start())
    assert said["type"] == "lifespan.startup.failed"
    assert "demo accounts" in said["message"]


async def _start() -> MutableMapping[str, Any]:
    """What the application answers to its start."""
    answers: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    begin: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    begin.put_nowait({"type": "lifespan.startup"})
    running = asyncio.create_task(live(begin.get, answers.put))
    answer = await answers.get()
    running.cancel()
    return answer


def test_demo_accounts_are_for_a_program_too(tmp_path: Path) -> None:
    own = {"EDUCOUNSEL_DATA": str(tmp_path), "DATABASE_URL": ""}
    assert manage("migrate", **own).returncode == 0
    assert json.loads(manage("demo_accounts", "--json", **own).stdout) == []
