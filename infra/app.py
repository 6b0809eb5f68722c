"""Writes the templates of one size, or of all, to cdk.out/<size>/. Needs no network, no account.

infra/.venv/bin/python infra/app.py [school|district|cell]
"""

import sys
from pathlib import Path

from educounsel_infra.config import SIZES
from educounsel_infra.writing import write

if __name__ == "__main__":
    for name in sys.argv[1:] or SIZES:
        write(SIZES[name], Path(__file__).parent / "cdk.out")
