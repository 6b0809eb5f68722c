from django.tasks import TaskContext, default_task_backend, task
from django.utils import timezone

from educounsel.companion import budget
from educounsel.companion.replying import give_up_on_lost, pause_after, reply_to
from educounsel.companion.retention import (
    forget_old_cases,
    forget_old_conversations,
    forget_old_shares,
)
from educounsel.companion.seeing import GRACE, tell_unless_seen


@task(  # type: ignore[call-overload, untyped-decorator]
    queue_name="answers", takes_context=True, backoff=pause_after
)
def process_chatbot(context: "TaskContext[[int], None]", message_id: int) -> None:
    """Safe to run twice: one message has one answer, and who was overtaken stops writing."""
    tries = default_task_backend.options["MAX_ATTEMPTS"]
    reply_to(message_id, is_last_try=context.attempt >= tries)
    # Also where another run has written it: that one may have been killed just before this line.
    tell_answer_ready.using(run_after=timezone.now() + GRACE).enqueue(message_id)


@task
def end_lost_answers() -> None:
    give_up_on_lost()


@task
def forget_conversations() -> None:
    forget_old_conversations()
    forget_old_shares()
    forget_old_cases()


@task
def tell_what_the_ai_cost() -> None:
    budget.tell_all()


@task
def tell_answer_ready(message_id: int) -> None:
    tell_unless_seen(message_id)
