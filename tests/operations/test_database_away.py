"""Nothing listens where the database should be, or it lets nobody in: said once, and why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from deploy.rehearsal.service import HOST, free_port
from educounsel.operations.examination import everything, examine
from educounsel.server.database_absence import absence

ROOT = Path(__file__).parents[2]


@pytest.fixture
def nowhere() -> str:
    return f"postgresql://somebody:geheim@{HOST}:{free_port()}/educounsel"


def manage(word: str, url: str, data: Path) -> subprocess.CompletedProcess[str]:
    settings = {"DATABASE_URL": url, "EDUCOUNSEL_DATA": str(data), "REDIS_URL": ""}
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", word],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_doctor_says_once_why_it_is_away(nowhere: str, tmp_path: Path) -> None:
    run = manage("doctor", nowhere, tmp_path)
    assert run.returncode == 1
    wrong = [line for line in run.stdout.splitlines() if line.startswith("FAIL")]
    assert wrong[0].startswith("FAIL database: connection failed: connection to server at")
    assert wrong[0].endswith("Connection refused")
    assert wrong[1:] == [
        f"FAIL {name}: not asked: the database is away"
        for name in ("queue", "migrations", "sealed texts", "failed jobs", "PostgreSQL")
    ]
    assert run.stderr == ""
    assert "somebody" not in run.stdout
    assert "geheim" not in run.stdout


def test_a_release_is_not_prepared_without_it(nowhere: str, tmp_path: Path) -> None:
    run = manage("prepare", nowhere, tmp_path)
    assert run.returncode == 1
    (sentence,) = run.stderr.splitlines()
    assert sentence.startswith("CommandError: The database is away, and nothing was changed: ")
    assert sentence.endswith("Connection refused")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="this is PostgreSQL's")
def test_the_doctor_says_that_it_is_read_only() -> None:
    part = next(part for part in everything() if part.name == "PostgreSQL")
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        assert examine(part)[1].startswith("It is read-only")
        cursor.execute("SET default_transaction_read_only = off")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="this is PostgreSQL's")
def test_a_database_that_is_there_is_not_called_away() -> None:
    assert absence() == ""
