"""Deploys the templates to an emulator: infra/emulator/check.py FOLDER (of one size).

It proves how things are wired, not how AWS behaves. What the emulator cannot do is learnt anew at
each run and has to be what stands in cannot.txt: no more, and no less.
"""

import sys
from pathlib import Path

from emulator.deploying import Cannot, Cloud
from emulator.server import running
from emulator.wired import what_is_wired_wrong

PINNED = Path(__file__).parent / "cannot.txt"


def main(folder: Path) -> int:
    """The exit status."""
    cannot = _learn(folder)
    pinned = set(PINNED.read_text().splitlines())
    wrong = [f"it cannot do this, and nobody said so: {each}" for each in sorted(cannot - pinned)]
    wrong += [f"it can do this now: {each}" for each in sorted(pinned - cannot)]
    with running() as address:
        cloud = Cloud(address)
        made = cloud.deploy(folder, cannot)
        wrong += what_is_wired_wrong(cloud)
    print("\n".join([*wrong, f"{made} resources were made; {len(cannot)} things cannot be."]))
    return int(bool(wrong))


def _learn(folder: Path) -> set[str]:
    """An emulator says one thing after the other: each time a new one is asked for all the rest."""
    cannot: set[str] = set()
    while True:
        with running() as address:
            try:
                Cloud(address).deploy(folder, cannot)
            except Cannot as refusal:
                if refusal.things <= cannot:
                    raise
                cannot |= refusal.things
            else:
                return cannot


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
