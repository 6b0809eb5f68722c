from django.tasks import TaskContext, default_task_backend, task

from educounsel.companion.replying import pause_after, reply_to
from educounsel.companion.retention import forget_old_conversations, forget_old_shares


@task(takes_context=True, backoff=pause_after)  # type: ignore[call-overload, untyped-decorator]
def process_chatbot(context: "TaskContext[[int], None]", message_id: int) -> None:
    """Safe to run twice: one message has one answer, and who was overtaken stops writing."""
    tries = default_task_backend.options["MAX_ATTEMPTS"]
    reply_to(message_id, is_last_try=context.attempt >= tries)


@task
def forget_conversations() -> None:
    forget_old_conversations()
    forget_old_shares()
