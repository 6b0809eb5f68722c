"""Jobs that wait for a server of somebody else's never have every thread of a worker.

A model that accepts a question and says nothing holds each answer for a minute and a half. What
else is to do, an alert first, does not wait for that.
"""

from django_ox.models import OxTask

# What of settings.TASKS' queues is held back. "urgent" asks others' servers too, and is not.
OUTSIDE = ("answers", "outside")


class BegunOutside:
    """What a worker has begun of them and not ended.

    One thread is always left for the rest, and one more for either queue while the other hangs.
    """

    def __init__(self, threads: int) -> None:
        self._most_of_one, self._most = max(1, threads - 2), max(1, threads - 1)
        self._queues: dict[object, str] = {}

    def begin(self, job: OxTask) -> None:
        if job.queue_name in OUTSIDE:
            self._queues[job.pk, job.attempts] = job.queue_name

    def end(self, job: OxTask) -> None:
        self._queues.pop((job.pk, job.attempts), None)

    def full(self) -> list[str]:
        """The queues of which no more may begin now."""
        begun = list(self._queues.values())
        if len(begun) >= self._most:
            return list(OUTSIDE)
        return [queue for queue in OUTSIDE if begun.count(queue) >= self._most_of_one]
