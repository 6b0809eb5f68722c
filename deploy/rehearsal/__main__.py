"""Runs production on this machine until Ctrl-C: `make run-production-like`."""

import signal
import sys
from pathlib import Path

from deploy.rehearsal.machine import Machine
from deploy.rehearsal.service import NotStarted


def main(folder: Path) -> None:
    machine = Machine(folder)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        machine.start()
        machine.manage("seed_demo")
        _say(machine)
        signal.pause()
    except KeyboardInterrupt:
        print("EduCounsel stops ...", flush=True)
    except NotStarted as refusal:
        sys.exit(str(refusal))
    finally:
        machine.stop()


def _say(machine: Machine) -> None:
    print(machine.manage("demo_accounts"))
    for service in [*machine.parts, *machine.processes, machine.edge]:
        print(f"  {service.folder.name:12} port {service.port:<6} log {service.log}")
    print(f"\nEduCounsel: {machine.url}  (Ctrl-C stops it all)", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
