"""How a server begins: alone on its data, and heard of once it answers."""

import logging
import os
import subprocess
import sys
from typing import Any

import pytest
import uvicorn

from educounsel.server.limits import Seldom
from educounsel.server.management.commands import serve
from tests.flows.server import MANAGE, Server


def test_a_second_server_on_the_same_data_is_refused(served: Server) -> None:
    second = subprocess.run(
        [sys.executable, MANAGE, "serve"],
        env=os.environ | {"EDUCOUNSEL_DATA": str(served.data), "PORT": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (second.returncode, second.stdout) == (1, "")
    assert f"EduCounsel already runs on {served.data}." in second.stderr
    assert second.stderr.count("\n") == 1


def test_a_connection_that_would_not_be_kept_is_refused_in_a_sentence() -> None:
    refused = subprocess.run(
        [sys.executable, MANAGE, "serve"],
        env=os.environ | {"KEEP_ALIVE_SECONDS": "0", "PORT": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = "KEEP_ALIVE_SECONDS must be 1 or more, not 0.\n"
    assert (refused.returncode, refused.stderr) == (1, said)


def test_commands_beside_a_server_are_not_refused(served: Server) -> None:
    served.manage("prepare")


def test_a_server_that_refuses_to_start_names_no_address() -> None:
    async def refusing(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "Not today."})

    said: list[Any] = []
    config = uvicorn.Config(refusing, log_config=None)
    with serve._listen_on(0) as listener, pytest.raises(SystemExit):
        serve.Server(config, said.append).run(sockets=[listener])
    assert said == []


def lines(*messages: str) -> list[str]:
    seldom = Seldom()
    records = [logging.makeLogRecord({"msg": message}) for message in messages]
    return [record.msg for record in records if seldom.filter(record)]


def test_what_anybody_can_cause_is_said_once_in_a_while() -> None:
    no_file = "socket.accept() out of system resource\nsocket: <socket>"
    refused = "New connections are refused: %d are open"
    gone = "socket.send() raised exception."
    assert lines(no_file, refused, no_file, gone, "Another", gone, "Another") == [
        no_file, refused, gone, "Another", "Another",
    ]  # fmt: skip
