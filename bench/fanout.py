"""Telling a whole school: rows a second beside COPY, memory, and what other readers feel.

    DATABASE_URL=postgres://... python bench/fanout.py [STUDENTS]

Makes a database of its own on that server and drops it again. COPY writes the same rows into the
same table, with its indexes, in the same run. Meanwhile another connection asks what a page asks.
"""

import os
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import batched
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

NAME = "educounsel_bench"
COLUMNS = "recipient_id, kind, subject, title, text, url, icon, is_urgent, created_at"
READS_ALONE = 300

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "educounsel.settings"


def main(students: int) -> None:
    server = os.environ.get("DATABASE_URL") or sys.exit("Name a PostgreSQL server: DATABASE_URL")
    print(f"{students} students, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as folder, psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {NAME}")
        os.environ |= {
            "EDUCOUNSEL_DATA": folder, "LOG_LEVEL": "WARNING",
            "DATABASE_URL": urlsplit(server)._replace(path=f"/{NAME}").geturl(),
        }  # fmt: skip
        try:
            measure(students)
        finally:
            admin.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
    print(f"load {os.getloadavg()[0]:.1f} after")


def measure(students: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from educounsel.accounts.models import Role, User
    from educounsel.materi.notices import NewMateri
    from educounsel.notifications.models import Notification
    from educounsel.notifications.notify import notify_school
    from tests.factories import make_guru, make_materi, make_school

    call_command("migrate", verbosity=0)
    school = make_school()
    for numbers in batched(range(students), 2000):
        User.objects.bulk_create(
            User(school=school, role=Role.STUDENT, name="Siswa", nisn=f"{n:010}", password="!x")
            for n in numbers
        )
    measure_enqueue(make_materi(make_guru(school)).pk)
    person = User.objects.filter(role=Role.STUDENT).first()

    def tell(number: int) -> None:
        notice = NewMateri(subject=f"bench:{number}", title="Materi baru", url="/student/materi/1")
        told = notify_school(school.pk, Role.STUDENT, notice)
        print(f"  told {told} people")

    alone = read_beside(person, None)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    beside = read_beside(person, lambda: tell(1))
    ours = students / (time.perf_counter() - started)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    quiet = timed(lambda: tell(2), students)
    again = timed(lambda: tell(2), students)
    copied = timed(lambda: copy(students), students)
    assert Notification.objects.count() == 3 * students
    print(f"  rows a second: {ours:,.0f} beside readers, {quiet:,.0f} alone, COPY {copied:,.0f}")
    print(
        f"  COPY is {copied / quiet:.1f} times as fast; a second run looks at {again:,.0f} a second"
    )
    print(f"  memory: {grown:+.1f} MiB at the most")
    print(f"  a page's question, p99: {alone:.1f} ms alone, {beside:.1f} ms meanwhile")


def measure_enqueue(materi_id: int) -> None:
    """What the request waits for."""
    from educounsel.materi.tasks import announce_materi

    times = []
    for _ in range(50):
        started = time.perf_counter()
        announce_materi.enqueue(materi_id)
        times.append((time.perf_counter() - started) * 1000)
    print(f"  enqueue: median {statistics.median(times):.1f} ms, most {max(times):.1f} ms")


def read_beside(person: object, work: Callable[[], object] | None) -> float:
    """The 99th percentile, in ms, of what a page asks, while the work goes on."""
    from educounsel.notifications.delivery import catch_up

    working = threading.Thread(target=work or (lambda: None))
    working.start()
    times: list[float] = []
    while working.is_alive() or (work is None and len(times) < READS_ALONE):
        started = time.perf_counter()
        catch_up(person, 0)  # type: ignore[arg-type]
        times.append((time.perf_counter() - started) * 1000)
        time.sleep(0.005)
    working.join()
    return statistics.quantiles(times, n=100)[98] if len(times) > 1 else times[0]


def timed(work: Callable[[], object], rows: int) -> float:
    """Rows a second."""
    started = time.perf_counter()
    work()
    return rows / (time.perf_counter() - started)


def copy(students: int) -> None:
    from django.db import connection

    from educounsel.accounts.models import Role, User
    from educounsel.notifications.models import Notification

    ids = list(User.objects.filter(role=Role.STUDENT).values_list("pk", flat=True))
    notice = Notification.objects.order_by("pk").values_list(*COLUMNS.split(", ")[1:]).first()
    assert notice
    row = [notice[0], "bench:copy", *notice[2:]]
    with connection.cursor() as cursor:
        into = f"COPY notifications_notification ({COLUMNS}) FROM STDIN"
        with cursor.cursor.copy(into) as target:
            for pk in ids:
                target.write_row([pk, *row])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
