"""How long a job waits for a worker, from where it is queued: PostgreSQL, Redis, two workers.

    make bench-jobs

Each is queued in a transaction of its own while nothing else is to do; the clock starts there and
stops where a worker claimed it. One machine's clock. Its data are made anew and removed again.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
MANAGE = [sys.executable, str(ROOT / "manage.py")]
WORKERS = 2

sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "educounsel.settings"


def main(jobs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"EDUCOUNSEL_DATA": folder, "LOG_LEVEL": "WARNING"}
        subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], check=True)
        with _workers():
            _start_one()  # the first opens connections
            spent = sorted(_start_one() for _ in range(jobs))
    print(f"{jobs} jobs, load {os.getloadavg()[0]:.1f}, milliseconds from queueing to a worker:")
    p95 = spent[int(jobs * 0.95)]
    print(f"p50 {statistics.median(spent):.1f}   p95 {p95:.1f}   most {spent[-1]:.1f}")


@contextmanager
def _workers() -> Iterator[None]:
    running = [subprocess.Popen([*MANAGE, "work"]) for _ in range(WORKERS)]
    try:
        yield
    finally:
        for worker in running:
            worker.terminate()
        for worker in running:
            worker.wait(timeout=30)


def _start_one() -> float:
    import django

    django.setup()
    from django.db import transaction
    from django_ox.models import OxTask

    from educounsel import jobs  # noqa: F401 - rings the bell, as in a server
    from educounsel.materi.tasks import announce_materi

    with transaction.atomic():
        result = announce_materi.enqueue(0)  # of a materi that is not there
        asked = datetime.now(UTC)
    while not (job := OxTask.objects.get(pk=result.id)).finished_at:
        time.sleep(0.005)
    assert job.started_at
    return (job.started_at - asked).total_seconds() * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
