"""Runs production on this machine until Ctrl-C: `make run-production-like`."""

import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from deploy.rehearsal.machine import Machine
from deploy.rehearsal.service import NotStarted

# Somebody stops it, or closes its terminal.
ENDS = (signal.SIGTERM, signal.SIGHUP)


def main(folder: Path) -> None:
    machine = Machine(folder)
    for each in ENDS:
        signal.signal(each, _end)
    try:
        machine.start()
        machine.manage("seed_demo")
        _say(machine)
        signal.pause()
    except KeyboardInterrupt:
        with suppress(OSError):  # its terminal may be gone
            print("EduCounsel stops ...", flush=True)
    except NotStarted as refusal:
        sys.exit(str(refusal))
    finally:
        machine.stop()


def _end(number: int, frame: object) -> NoReturn:
    """Once: a terminal that closes may say so twice."""
    for each in ENDS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def _say(machine: Machine) -> None:
    print(machine.manage("demo_accounts"))
    for service in [*machine.parts, *machine.processes, machine.edge]:
        print(f"  {service.folder.name:12} port {service.port:<6} log {service.log}")
    print(f"\nEduCounsel: {machine.url}  (Ctrl-C stops it all)", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
