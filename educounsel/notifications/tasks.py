from django.tasks import task

# A module, not its names: it asks these tasks to come back to it.
from educounsel.notifications import elsewhere


def priority(is_urgent: bool) -> int:
    """A school's news must not stand before an answer, nor an alert behind a school's news."""
    return 50 if is_urgent else -10


def queue_of_sending(is_urgent: bool) -> str:
    """An alert does not wait its turn behind a push service that says nothing."""
    return "urgent" if is_urgent else "outside"


@task
def deliver_elsewhere(notification_ids: list[int]) -> None:
    elsewhere.plan(notification_ids)


@task(queue_name="outside")
def send_delivery(delivery_id: int) -> None:
    elsewhere.send(delivery_id)


@task
def send_digests() -> None:
    elsewhere.release_held()


@task
def forget_deliveries() -> None:
    elsewhere.forget()
