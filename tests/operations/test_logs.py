"""A log line says what happened, to which request, and nothing that somebody wrote."""

import json
import logging
import sys

import pytest
from django.test import Client

from educounsel.operations.logs import JsonLines, Lines, request_id

SECRET = "aku ga kuat lagi"


def record_of_an_error() -> logging.LogRecord:
    try:
        raise ValueError(SECRET)
    except ValueError:
        return logging.LogRecord(
            "educounsel.x", logging.ERROR, __file__, 1, "It broke", None, sys.exc_info()
        )


def test_of_an_error_its_kind_and_place_are_logged_and_never_its_words() -> None:
    told = json.loads(JsonLines().format(record_of_an_error()))
    assert (told["level"], told["message"]) == ("ERROR", "It broke")
    kind, *way = told["raised"]
    assert kind == "ValueError"
    assert way[-1].endswith(" record_of_an_error")
    line = Lines().format(record_of_an_error())
    assert "ValueError" in line
    assert SECRET not in line + str(told)


def test_the_cause_of_an_error_is_not_told_in_its_words_either() -> None:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as cause:
            raise ValueError from cause
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "m", None, sys.exc_info())
    assert SECRET not in Lines().format(record) + JsonLines().format(record)


@pytest.mark.parametrize(
    ("name", "message", "arguments"),
    [
        ("django.request", "%s: %s", ("Not Found", f"/{SECRET}")),
        ("django.security.DisallowedHost", f"Invalid HTTP_HOST header: '{SECRET}.example'.", ()),
        ("django.security.csrf", "Forbidden (%s): %s", (f"Origin {SECRET}", "/")),
        ("asyncio", f"Task exception was never retrieved\nfuture: ValueError('{SECRET}')", ()),
    ],
)
def test_what_a_library_quotes_is_not_told(
    name: str, message: str, arguments: tuple[str, ...]
) -> None:
    record = logging.LogRecord(name, logging.WARNING, "", 1, message, arguments, None)
    for told in (Lines().format(record), JsonLines().format(record)):
        assert name in told
        assert SECRET not in told


@pytest.mark.django_db
def test_each_request_has_an_id_and_a_line_without_what_was_asked(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "educounsel.requests")
    response = client.get(f"/login?next=/{SECRET.replace(' ', '-')}")
    (line,) = [r for r in caplog.records if r.name == "educounsel.requests"]
    told = json.loads(JsonLines().format(line))
    assert (told["method"], told["view"], told["status"]) == ("GET", "accounts:login", 200)
    assert told["ms"] > 0
    assert "ga-kuat" not in caplog.text + json.dumps(told)
    assert len(response["X-Request-ID"]) == 32
    assert request_id.get() == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "is_kept"),
    [
        ("1-67891233-abcdef012345678912345678", True),
        ("Root=1-67891233-abcdef", True),
        ("x", False),
        ("a b c d e f g h i", False),
        ("baris\nbaru12", False),
        ("a" * 65, False),
    ],
)
def test_an_id_from_the_proxy_is_kept_when_it_is_one(
    client: Client, given: str, is_kept: bool
) -> None:
    answer = client.get("/login", headers={"X-Request-ID": given})
    assert (answer["X-Request-ID"] == given) is is_kept
