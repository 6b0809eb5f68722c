"""A server starts whole or not at all; the doctor says what is missing."""

from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django import Settings

from educounsel.companion.asking import ask
from educounsel.operations import examination, starting
from educounsel.operations.examination import everything, examine
from educounsel.operations.parts import Part, parts
from educounsel.operations.starting import refuse_to_start_half_way
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def production(settings: Settings) -> Settings:
    settings.PRODUCTION = True
    settings.DATABASE_URL, settings.S3_BUCKET = "postgres://x", "b"
    settings.REDIS_URL = settings.CACHE_REDIS_URL = "redis://127.0.0.1:1"  # where nobody answers
    return settings


def refusal() -> list[str]:
    with pytest.raises(ImproperlyConfigured) as refused:
        refuse_to_start_half_way()
    return str(refused.value).splitlines()


def test_with_everything_there_a_server_starts(production: Settings) -> None:
    refuse_to_start_half_way()


def test_a_laptop_starts_with_what_it_has(settings: Settings) -> None:
    settings.DATABASE_URL = settings.REDIS_URL = settings.S3_BUCKET = ""
    refuse_to_start_half_way()


def test_each_setting_that_production_needs_is_named(production: Settings) -> None:
    production.REDIS_URL = production.S3_BUCKET = ""
    production.ALLOWED_HOSTS = []
    assert refusal() == [
        "ALLOWED_HOSTS is not set, and production needs it.",
        "REDIS_URL is not set, and production needs it.",
        "S3_BUCKET is not set, and production needs it.",
    ]


def test_what_would_open_a_server_to_strangers_is_refused(production: Settings) -> None:
    production.DEBUG, production.SECRET_KEY = True, "rahasia"
    assert refusal() == [
        "DEBUG is on: in production it would show our code and settings to strangers.",
        "SECRET_KEY has 7 characters, and production needs 32 or more:"
        " take what `openssl rand -hex 32` writes.",
    ]


def test_a_part_that_will_never_let_us_in_is_named(production: Settings) -> None:
    production.REDIS_URL = "redis://redis.invalid"
    assert refusal() == ["There is no machine of the name in REDIS_URL."]


def broken() -> str:
    raise OSError("no route to host\nat all")


def test_a_needed_part_that_is_away_is_named(
    production: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = [Part("database", broken), Part("storage", broken, is_needed=False)]
    monkeypatch.setattr(starting, "parts", lambda: two)
    assert refusal() == ["The database does not answer. `manage.py doctor` says more."]


def forget_a_migration() -> None:
    recorder = MigrationRecorder(connection)
    newest = recorder.migration_qs.filter(app="companion").latest("pk")
    recorder.record_unapplied("companion", newest.name)


def test_a_database_older_than_the_release_is_not_served(production: Settings) -> None:
    forget_a_migration()
    assert refusal() == ["The database is older than this release: run `manage.py migrate` first."]


def test_a_database_newer_than_the_release_is_served(production: Settings) -> None:
    """While a release is rolled out the old one runs on what the new one has migrated."""
    MigrationRecorder(connection).record_applied("companion", "9999_of_the_next_release")
    refuse_to_start_half_way()


def test_the_doctor_says_a_line_for_each_part(
    capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    call_command("doctor")
    lines = capsys.readouterr().out.splitlines()
    assert [line[:5] for line in lines] == ["ok   "] * len(everything())
    assert default_storage.listdir("doctor")[1] == []


def test_the_doctor_finds_what_is_wrong_and_says_it_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examination, "parts", lambda: [Part("database", broken), *parts()[1:]])
    forget_a_migration()
    with pytest.raises(SystemExit, match="1"):
        call_command("doctor")
    wrong = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAIL")]
    assert wrong == [
        "FAIL database: OSError: no route to host",
        "FAIL migrations: The database is older than this release: run `manage.py migrate`.",
    ]


def test_a_lost_key_is_found(settings: Settings, cast: Cast) -> None:
    ask(cast.sari, "aku deg-degan", uuid4())
    settings.COMPANION_KEYS = ["b" * 43 + "="]
    sealed = next(part for part in everything() if part.name == "sealed texts")
    is_well, words = examine(sealed)
    assert not is_well
    assert "companion.Message" in words
