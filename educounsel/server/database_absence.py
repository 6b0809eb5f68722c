"""Why the database is away, for who starts or examines the server."""

import re
from typing import Any

import psycopg
from django.db import connection

NAMES = re.compile(r' for (user|role) "[^"]*"')


def absence() -> str:
    """In one line that names no user; empty where it takes connections.

    Asked beside the pool, which would try for longer, and not say why it gave up.
    """
    if connection.vendor != "postgresql":
        return ""
    postgres: Any = connection
    try:
        psycopg.connect(**postgres.get_connection_params()).close()
    except psycopg.OperationalError as error:
        return NAMES.sub("", _reason(str(error)))
    return ""


def _reason(told: str) -> str:
    """The last attempt's, without the hint behind it."""
    lines = [line for line in told.splitlines() if line and not line.startswith("\t")]
    return lines[-1] if lines else "it did not say why"
