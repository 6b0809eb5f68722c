"""From a row to the channels: each once, quiet at night, one digest instead of ten."""

from collections import Counter
from dataclasses import dataclass, field

import pytest
import time_machine
from django_ox.models import OxTask

from educounsel.notifications import channels, tasks
from educounsel.notifications.channels.words import TryLater, Unreachable, Words
from educounsel.notifications.models import Channel, Delivery, Notification, Preference
from educounsel.notifications.notify import notify
from tests.cast import Cast
from tests.figures import figure
from tests.notifications.conftest import RunJobs, Tell
from tests.notifications.test_notify import NOTICE

NOON, NIGHT = "2026-11-24T05:00:00Z", "2026-11-24T16:00:00Z"  # 12.00 and 23.00 in Jakarta
BEFORE_FIVE, FIVE = "2026-11-24T21:59:00Z", "2026-11-24T22:00:00Z"


@dataclass
class Pigeon:
    """A channel that reaches everybody and remembers what it carried."""

    NAME = Channel.PUSH
    carried: list[tuple[int, Words]] = field(default_factory=list)
    trouble: Exception | None = None

    def is_on(self) -> bool:
        return True

    def addresses_of(self, people: set[int]) -> dict[int, list[int]]:
        return {person: [person] for person in people}

    def send(self, words: Words, address: int) -> None:
        if self.trouble:
            raise self.trouble
        self.carried.append((address, words))

    @property
    def texts(self) -> list[str]:
        return [words.text for _, words in self.carried]


@pytest.fixture
def pigeon(monkeypatch: pytest.MonkeyPatch) -> Pigeon:
    pigeon = Pigeon()
    monkeypatch.setattr(channels, "WAYS", (pigeon,))
    return pigeon


def states() -> Counter[str]:
    return Counter(Delivery.objects.values_list("state", flat=True))


def test_notify_leaves_one_job_a_batch_with_ids_alone(cast: Cast) -> None:
    notify([cast.sari.pk, cast.dodi.pk], NOTICE)
    (job,) = OxTask.objects.filter(task_path__endswith=".deliver_elsewhere")
    assert job.args == [sorted(Notification.objects.values_list("pk", flat=True))]
    notify([cast.sari.pk, cast.dodi.pk], NOTICE)
    assert OxTask.objects.filter(task_path__endswith=".deliver_elsewhere").count() == 1


@time_machine.travel(NOON, tick=False)
def test_what_leaves_is_what_may_stand_on_a_locked_screen(
    cast: Cast, pigeon: Pigeon, tell: Tell, run_jobs: RunJobs
) -> None:
    row = tell(cast.sari)
    run_jobs()
    ((address, words),) = pigeon.carried
    assert address == cast.sari.pk
    assert words == Words("Ada materi baru", row.url, f"kabar-{row.pk}", unread_count=1)
    assert row.title not in str(words)
    assert row.text not in str(words)


@time_machine.travel(NOON, tick=False)
def test_an_alert_is_not_sent_from_the_queue_that_may_be_full(
    cast: Cast, pigeon: Pigeon, tell: Tell
) -> None:
    tell(cast.sari)
    tell(cast.rina, "case", is_urgent=True)
    jobs = OxTask.objects.filter(task_path__endswith=".send_delivery").order_by("enqueued_at")
    assert [(job.queue_name, job.priority) for job in jobs] == [("outside", -10), ("urgent", 50)]


@time_machine.travel(NOON, tick=False)
def test_a_job_that_runs_twice_tells_once(
    cast: Cast, pigeon: Pigeon, tell: Tell, run_jobs: RunJobs
) -> None:
    row = tell(cast.sari)
    tasks.deliver_elsewhere.call([row.pk])
    delivery = Delivery.objects.get()
    assert run_jobs() == 1
    tasks.send_delivery.call(delivery.pk)
    assert len(pigeon.carried) == 1


@time_machine.travel(NOON, tick=False)
def test_a_closed_way_is_tried_again_later_and_given_up_at_last(
    cast: Cast, pigeon: Pigeon, tell: Tell, run_jobs: RunJobs
) -> None:
    pigeon.trouble = TryLater(120)
    tell(cast.sari)
    assert run_jobs() == 1
    (job,) = OxTask.objects.filter(task_path__endswith=".send_delivery")
    assert job.run_after is not None
    assert job.run_after.isoformat() == "2026-11-24T05:02:00+00:00"
    pigeon.trouble = None
    run_jobs()
    assert (len(pigeon.carried), states()) == (1, {"sent": 1})
    pigeon.trouble = TryLater()
    tell(cast.dodi)
    assert [run_jobs() for _ in range(6)] == [1, 1, 1, 1, 1, 0]
    assert states() == {"sent": 1, "dropped": 1}


@time_machine.travel(NOON, tick=False)
def test_an_address_that_is_no_more_is_not_tried_again(
    cast: Cast, pigeon: Pigeon, tell: Tell, run_jobs: RunJobs
) -> None:
    pigeon.trouble = Unreachable()
    tell(cast.sari)
    assert (run_jobs(), run_jobs(), states()) == (1, 0, {"dropped": 1})


@time_machine.travel(NOON, tick=False)
def test_a_channel_that_fails_blocks_neither_another_nor_the_row(
    cast: Cast, pigeon: Pigeon, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Crow(Pigeon):
        NAME = Channel.WHATSAPP

    crow = Crow(trouble=ZeroDivisionError())
    monkeypatch.setattr(channels, "WAYS", (crow, pigeon))
    tell(cast.sari)
    for delivery in Delivery.objects.order_by("pk"):
        if delivery.channel == Channel.WHATSAPP:
            with pytest.raises(ZeroDivisionError):
                tasks.send_delivery.call(delivery.pk)
        else:
            tasks.send_delivery.call(delivery.pk)
    assert len(pigeon.carried) == 1
    assert Notification.objects.count() == 1


@time_machine.travel(NOON, tick=False)
def test_nobody_is_told_what_they_read_or_muted_meanwhile(
    cast: Cast, pigeon: Pigeon, tell: Tell, run_jobs: RunJobs
) -> None:
    Notification.objects.filter(pk=tell(cast.sari).pk).mark_read()
    tell(cast.dodi)
    Preference.objects.create(person=cast.dodi, is_muted=True)
    tell(cast.tia)
    type(cast.tia).objects.filter(pk=cast.tia.pk).update(is_active=False)
    run_jobs()
    assert pigeon.carried == []
    assert states() == {"dropped": 3}


def test_at_night_nothing_buzzes_and_in_the_morning_one_digest(
    cast: Cast, pigeon: Pigeon, tell: Tell, run_jobs: RunJobs
) -> None:
    with time_machine.travel(NIGHT, tick=False):
        for _ in range(5):
            tell(cast.sari)
        read = tell(cast.sari)
        Notification.objects.filter(pk=read.pk).mark_read()
        tell(cast.dodi)
        run_jobs()
    assert pigeon.carried == []
    with time_machine.travel(BEFORE_FIVE, tick=False):
        tasks.send_digests.call()
        assert run_jobs() == 0
    with time_machine.travel(FIVE, tick=False):
        tasks.send_digests.call()
        tasks.send_digests.call()
        run_jobs()
        tasks.send_digests.call()
        run_jobs()
    said = dict(pigeon.carried)
    assert (len(pigeon.carried), said[cast.dodi.pk].text) == (2, "Ada materi baru")
    assert said[cast.sari.pk].text == "5 hal baru semalam"
    assert said[cast.sari.pk].path == "/student/notifications"


def test_the_school_an_hour_east_wakes_an_hour_earlier(
    cast: Cast, pigeon: Pigeon, tell: Tell, run_jobs: RunJobs
) -> None:
    with time_machine.travel(NIGHT, tick=False):
        tell(cast.tia)
    with time_machine.travel("2026-11-24T21:00:00Z", tick=False):
        tasks.send_digests.call()
        run_jobs()
    assert pigeon.texts == ["Ada materi baru"]


@time_machine.travel(NIGHT, tick=False)
def test_an_alert_to_staff_waits_for_no_morning(
    cast: Cast, pigeon: Pigeon, tell: Tell, run_jobs: RunJobs
) -> None:
    Preference.objects.create(person=cast.rina, is_muted=True)
    for _ in range(5):
        tell(cast.rina, "case", is_urgent=True)
    run_jobs()
    assert pigeon.texts == ["Ada yang perlu Anda lihat sekarang"] * 5


def test_a_storm_becomes_three_and_a_digest(
    cast: Cast, pigeon: Pigeon, tell: Tell, run_jobs: RunJobs
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(10):
            tell(cast.sari)
        run_jobs()
        assert len(pigeon.carried) == 3
        clock.shift(600)
        tasks.send_digests.call()
        run_jobs()
    assert pigeon.texts[3:] == ["7 hal baru"]


def test_what_was_tried_again_too_late_waits_for_the_morning(
    cast: Cast, pigeon: Pigeon, tell: Tell, run_jobs: RunJobs
) -> None:
    with time_machine.travel(NOON, tick=False):
        tell(cast.sari)
    with time_machine.travel(NIGHT, tick=False):
        run_jobs()
    assert (pigeon.carried, states()) == ([], {"held": 1})


def test_how_old_news_was_sent_is_forgotten(cast: Cast, pigeon: Pigeon, tell: Tell) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        tell(cast.sari)
        clock.shift(31 * 24 * 60 * 60)
        tell(cast.sari)
        tasks.forget_deliveries.call()
        assert (Delivery.objects.count(), Notification.objects.count()) == (1, 2)


@time_machine.travel(NOON, tick=False)
def test_what_became_of_each_is_counted_by_channel(
    cast: Cast, pigeon: Pigeon, tell: Tell, run_jobs: RunJobs
) -> None:
    def counted(outcome: str) -> float:
        return figure("educounsel_deliveries_total", channel=pigeon.NAME, outcome=outcome)

    before = {outcome: counted(outcome) for outcome in ("sent", "queued", "dropped")}
    pigeon.trouble = TryLater(1)
    tell(cast.sari)
    run_jobs()
    pigeon.trouble = None
    run_jobs()
    pigeon.trouble = Unreachable()
    tell(cast.dodi)
    run_jobs()
    assert {outcome: counted(outcome) - before[outcome] for outcome in before} == {
        "sent": 1,
        "queued": 1,
        "dropped": 1,
    }
