"""Five hundred connections that send a letter now and then: nobody else waits for them."""

import socket
import ssl
import threading
import time
from contextlib import ExitStack, suppress

import httpx2
import pytest

from deploy.rehearsal.machine import Machine
from tests.production.faults.conftest import PersonNamed, Tell
from tests.production.faults.people import Load, Person, p99, until
from tests.production.faults.table import at_most, is_as_before, times

pytestmark = pytest.mark.timeout(300)

CROWD = 500


def read(person: Person) -> httpx2.Response:
    return person.get("/student/notifications")


def test_500_slow_connections(machine: Machine, person: PersonNamed, fault: Tell) -> None:
    with ExitStack() as open_ones, Load([person("Sari Amelia")], read) as reading:
        before = p99(reading.wait_for(150))
        crowd = [open_ones.enter_context(slow_one(machine)) for _ in range(CROWD)]
        dripping = threading.Thread(target=drip, args=[crowd])
        dripping.start()
        meanwhile = p99(reading.wait_for(150))
        began = time.monotonic()
        until(lambda: all(is_closed(each) for each in crowd), within=60)
        gone = time.monotonic() - began
        dripping.join()
    assert not reading.failed
    assert is_as_before(before, meanwhile)
    fault(
        f"{CROWD} connections at once that send a letter now and then",
        "others' 99th percentile at most doubles; the edge lets them go",
        f"{times(meanwhile / before)} of before; all let go within {at_most(gone + 5)}",
    )


def slow_one(machine: Machine) -> ssl.SSLSocket:
    """It has begun a request."""
    trust = ssl.create_default_context(cafile=str(machine.edge.certificate))
    plain = socket.create_connection(("127.0.0.1", machine.edge.port), timeout=20)
    line = trust.wrap_socket(plain, server_hostname="localhost")
    line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    return line


def drip(crowd: list[ssl.SSLSocket]) -> None:
    for _ in range(5):
        for line in crowd:
            with suppress(OSError):
                line.sendall(b"a")
        time.sleep(1)


def is_closed(line: ssl.SSLSocket) -> bool:
    line.settimeout(0.001)
    try:
        return line.recv(4096) == b"" or is_closed(line)
    except TimeoutError:
        return False
    except OSError:
        return True
