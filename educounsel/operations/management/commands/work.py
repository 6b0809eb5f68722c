from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from prometheus_client import start_http_server

from educounsel import env
from educounsel.operations.metrics import figures
from educounsel.operations.queue_age import keep_telling_queue_age
from educounsel.operations.starting import refuse_to_start_half_way

LOOPBACK = "127.0.0.1"


class Command(BaseCommand):
    help = "Works on jobs until SIGTERM, which lets those that run finish."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--threads", type=int, default=6)
        parser.add_argument(
            "--heartbeat-file", help="touched while this worker lives: ox_health reads its age"
        )

    def handle(self, *args: Any, threads: int, heartbeat_file: str | None, **options: Any) -> None:
        refuse_to_start_half_way()
        _tell_figures(env.whole("METRICS_PORT", 0, most=65535))
        keep_telling_queue_age()
        call_command("ox_worker", concurrency=threads, heartbeat_file=heartbeat_file)


def _tell_figures(port: int) -> None:
    """At no port where it is 0."""
    try:
        if port:
            start_http_server(port, LOOPBACK, figures)
    except OSError as error:
        raise CommandError(f"METRICS_PORT {port} cannot be used ({error.strerror}).") from error
