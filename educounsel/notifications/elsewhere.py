"""From a stored notification to the channels its person wants: planned, held, sent, each once.

A delivery is a row under a unique key, made in one transaction with the job that sends it. What
quiet hours or a storm hold back is released by the clock: several as one digest.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from prometheus_client import Counter

from educounsel.notifications import channels, tasks
from educounsel.notifications.channels.words import TryLater, Unreachable, Words
from educounsel.notifications.models import Channel, Delivery, Notification
from educounsel.notifications.notice import kind_named
from educounsel.notifications.preferences import Wishes, wishes_of

log = logging.getLogger(__name__)
State = Delivery.State

STORM, STORM_LASTS = 3, timedelta(minutes=10)
WAITS = (10, 60, 300, 1800)  # seconds before each further attempt
MOST_WAIT = 3600
KEPT = timedelta(days=30)
DELIVERIES = Counter(
    "educounsel_deliveries",
    "Attempts to tell somebody elsewhere, by channel and what became of them",
    ["channel", "outcome"],
)


# --- Plan --------------------------------------------------------------------------------------


@transaction.atomic
def plan(notification_ids: list[int]) -> None:
    """Again after a crash: goes on where nothing was planned yet."""
    unread = Notification.objects.unread().filter(pk__in=notification_ids)
    rows = unread.filter(recipient__is_active=True).select_related("recipient__school")
    wishes = wishes_of(row.recipient for row in rows)
    for channel in channels.switched_on():
        _plan_for(channel, list(rows), wishes)


def _plan_for(channel: channels.Way, rows: list[Notification], wishes: dict[int, Wishes]) -> None:
    wanting = [
        row for row in rows if wishes[row.recipient_id].wants(kind_named(row.kind), channel.NAME)
    ]
    addresses = channel.addresses_of({row.recipient_id for row in wanting})
    busy = _recently_told(addresses, channel.NAME)
    known = _planned(wanting, channel.NAME)
    planned = [
        _delivery(row, channel.NAME, address, wishes[row.recipient_id], busy)
        for row in wanting
        for address in addresses.get(row.recipient_id, ())
        if (row.pk, address) not in known
    ]
    for delivery in Delivery.objects.bulk_create(planned):
        if delivery.state == State.QUEUED:
            _enqueue(delivery)


def _recently_told(people: Iterable[int], channel: Channel) -> dict[int, int]:
    since = timezone.now() - STORM_LASTS
    recent = Delivery.objects.filter(
        recipient__in=people, channel=channel, created_at__gt=since,
        state__in=[State.QUEUED, State.SENT],
    )  # fmt: skip
    counts = recent.values("recipient").annotate(count=Count("notification", distinct=True))
    return {each["recipient"]: each["count"] for each in counts}


def _planned(rows: list[Notification], channel: Channel) -> set[tuple[int, int]]:
    planned = Delivery.objects.filter(notification__in=rows, channel=channel)
    return set(planned.values_list("notification", "address"))


def _delivery(
    row: Notification, channel: Channel, address: int, wishes: Wishes, busy: dict[int, int]
) -> Delivery:
    delivery = Delivery(
        notification=row, recipient_id=row.recipient_id, channel=channel, address=address,
        state=State.QUEUED,
    )  # fmt: skip
    _hold_if_need_be(delivery, wishes, storm=busy.get(row.recipient_id, 0) >= STORM)
    return delivery


def _hold_if_need_be(delivery: Delivery, wishes: Wishes, *, storm: bool) -> None:
    now = timezone.now()
    if not kind_named(delivery.notification.kind).can_be_silenced:
        return
    if morning := wishes.quiet_until(now):
        delivery.state, delivery.due_at, delivery.is_overnight = State.HELD, morning, True
    elif storm and not delivery.notification.is_urgent:
        delivery.state, delivery.due_at = State.HELD, now + STORM_LASTS


def _enqueue(delivery: Delivery, run_after: datetime | None = None) -> None:
    is_urgent = delivery.notification.is_urgent
    job = tasks.send_delivery.using(
        queue_name=tasks.queue_of_sending(is_urgent),
        priority=tasks.priority(is_urgent),
        run_after=run_after,
    )
    job.enqueue(delivery.pk)


# --- Send --------------------------------------------------------------------------------------


def send(delivery_id: int) -> None:
    """The network is asked outside any transaction. Killed between the answer and the row, the
    second run's push replaces the first on the phone (same tag), its mail has the same id."""
    queued = Delivery.objects.filter(pk=delivery_id, state=State.QUEUED)
    delivery = queued.select_related("notification", "recipient__school").first()
    if delivery is None:
        return None
    if _is_late_for_quiet_hours(delivery) or _is_pointless(delivery):
        return _settle(delivery)
    try:
        channels.named(delivery.channel).send(_words(delivery), delivery.address)
    except TryLater as error:
        _try_later(delivery, error)
    except Unreachable:
        delivery.state = State.DROPPED
    else:
        delivery.state = State.SENT
    return _settle(delivery)


def _settle(delivery: Delivery) -> None:
    _move(delivery)
    DELIVERIES.labels(delivery.channel, delivery.state).inc()


def _is_late_for_quiet_hours(delivery: Delivery) -> bool:
    """A second attempt, or a queue that stood still, may come when the person sleeps."""
    wishes = wishes_of([delivery.recipient])[delivery.recipient_id]
    _hold_if_need_be(delivery, wishes, storm=False)
    return delivery.state == State.HELD


def _is_pointless(delivery: Delivery) -> bool:
    """Read meanwhile, an account switched off, a channel no longer configured or wanted."""
    person = delivery.recipient
    wishes = wishes_of([person])[person.pk]
    pointless = (
        delivery.notification.read_at is not None
        or not person.is_active
        or not channels.is_on(delivery.channel)
        or not wishes.wants(kind_named(delivery.notification.kind), delivery.channel)
    )
    if pointless:
        delivery.state = State.DROPPED
    return pointless


def _words(delivery: Delivery) -> Words:
    row, count = delivery.notification, delivery.stands_for
    unread = Notification.objects.visible_to(delivery.recipient).unread().count()
    if count > 1:
        text = f"{count} hal baru semalam" if delivery.is_overnight else f"{count} hal baru"
        return Words(text, _inbox(delivery), f"ringkasan-{row.pk}", unread)
    text = kind_named(row.kind).on_locked_screen
    return Words(text, row.url, f"kabar-{row.pk}", unread, row.is_urgent)


def _inbox(delivery: Delivery) -> str:
    whose = "student" if delivery.recipient.is_student else "guru"
    return reverse(f"notifications:{whose}")


@transaction.atomic
def _try_later(delivery: Delivery, error: TryLater) -> None:
    if delivery.attempts >= len(WAITS):
        log.warning("Given up: delivery %s by %s", delivery.pk, delivery.channel)
        delivery.state = State.DROPPED
        return
    seconds = min(max(WAITS[delivery.attempts], error.seconds), MOST_WAIT)
    delivery.attempts += 1
    _enqueue(delivery, timezone.now() + timedelta(seconds=seconds))
    _move(delivery)


def _move(delivery: Delivery) -> None:
    delivery.save(update_fields=["state", "due_at", "is_overnight", "attempts"])


# --- The clock ---------------------------------------------------------------------------------


def release_held() -> None:
    """Each person and address in a transaction of its own: a crash leaves the rest for the next."""
    due = Delivery.objects.filter(state=State.HELD, due_at__lte=timezone.now())
    keys = due.order_by("recipient_id", "channel", "address")
    for recipient, channel, address in keys.values_list(
        "recipient", "channel", "address"
    ).distinct():
        _release(recipient, channel, address)


@transaction.atomic
def _release(recipient: int, channel: str, address: int) -> None:
    """The newest becomes the digest of them all; what was read meanwhile counts no more."""
    held = Delivery.objects.select_for_update(of=("self",)).filter(
        recipient=recipient, channel=channel, address=address,
        state=State.HELD, due_at__lte=timezone.now(),
    )  # fmt: skip
    held.filter(notification__read_at__isnull=False).update(state=State.DROPPED)
    waiting = list(held.select_related("notification").order_by("notification"))
    if not waiting:
        return
    *others, last = waiting
    Delivery.objects.filter(pk__in=[each.pk for each in others]).update(state=State.FOLDED)
    last.state, last.stands_for = State.QUEUED, len(waiting)
    last.save(update_fields=["state", "stands_for"])
    _enqueue(last)


def forget() -> None:
    """Nobody asks later how a piece of news was sent; that it was, its notification says."""
    Delivery.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
