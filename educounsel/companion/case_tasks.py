"""The jobs of a case; that of an answer is in tasks.py."""

from django.tasks import task

# A module, not its names: escalation asks these tasks to come back to it.
from educounsel.companion import escalation
from educounsel.companion.mailing import mail_about
from educounsel.companion.models import Case
from educounsel.notifications.tasks import priority


@task(priority=priority(is_urgent=True))
def escalate_case(case_id: int) -> None:
    escalation.escalate(case_id)


@task
def escalate_open_cases() -> None:
    """What no job came back for: a plan that was changed, a clock that was wrong, a holder who
    left."""
    for case in Case.objects.left_behind():
        escalation.release(case.pk)
    for case in Case.objects.waiting():
        escalation.escalate(case.pk)


@task(queue_name="urgent", priority=priority(is_urgent=True))
def mail_case(case_id: int, person_id: int) -> None:
    mail_about(case_id, person_id)
