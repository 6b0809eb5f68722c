"""What a log line looks like: which request or job it belongs to, and of an error never its words.

The message of an exception may repeat what somebody typed (a database names the value that it
refuses), so a line says what kind it was and where it was raised. Django names the address, host
or origin that it refuses, and asyncio shows the error a task ended with: of these a line keeps
what is known to be theirs.
"""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

REFUSALS = ("django.request", "django.security")
request_id: ContextVar[str] = ContextVar("request_id", default="")
job_id: ContextVar[str] = ContextVar("job_id", default="")


class Lines(logging.Formatter):
    """For people: the embedded profile."""

    def format(self, record: logging.LogRecord) -> str:
        ids = request_id.get(), job_id.get()
        asked_by = "".join(f"[{one}] " for one in ids if one)
        line = f"{_at(record)} {record.levelname} {record.name} {asked_by}{_said(record)}"
        return "\n    ".join([line, *_raised(record)])


class JsonLines(logging.Formatter):
    """For programs: one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": _at(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _said(record),
            "request_id": request_id.get(),
            "job_id": job_id.get(),
            "raised": _raised(record),
        } | getattr(record, "figures", {})
        return json.dumps({name: value for name, value in said.items() if value != []})


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _said(record: logging.LogRecord) -> str:
    if record.name.startswith(REFUSALS):
        return f"A request was answered with {getattr(record, 'status_code', 400)}"
    if record.name == "asyncio":
        return record.getMessage().partition("\n")[0]
    return record.getMessage()


def _raised(record: logging.LogRecord) -> list[str]:
    error = record.exc_info[1] if record.exc_info else None
    return [] if error is None else way_of(error)


def way_of(error: BaseException) -> list[str]:
    """The exception's kind, then its way through the code, the innermost frame last."""
    frames = traceback.extract_tb(error.__traceback__)
    return [type(error).__qualname__, *(f"{f.filename}:{f.lineno} {f.name}" for f in frames)]
