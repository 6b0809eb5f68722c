"""What would grow for ever is cut back. When: schedule.py."""

from django.core.management import call_command
from django.tasks import task


@task
def prune_jobs() -> None:
    """Finished jobs go after two days; failed ones stay a month, for somebody to look at."""
    call_command("ox_prune", older_than="2d", verbosity=0)
    call_command("ox_prune", older_than="30d", include_failed=True, verbosity=0)


@task
def clear_sessions() -> None:
    call_command("clearsessions", verbosity=0)
