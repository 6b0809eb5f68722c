"""What a person wants to hear, by which way, and when not. Defaults need no row."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.notifications.models import Channel, ChannelChoice, Notification, Preference
from educounsel.notifications.notice import Notice, kind_named


def usually_on(notice: type[Notice], channel: str) -> bool:
    if channel == Channel.SOUND:
        return notice.makes_sound
    return channel not in notice.off_by_default


@dataclass(frozen=True)
class Wishes:
    """One person's; the hours are those of their school."""

    preference: Preference
    zone: ZoneInfo
    choices: dict[tuple[str, str], bool] = field(default_factory=dict)

    def has_on(self, notice: type[Notice], channel: str) -> bool:
        """What the table shows, whatever else is muted."""
        if channel in notice.not_by:
            return False
        usual = usually_on(notice, channel)
        if not notice.can_be_silenced:
            return usual
        return self.choices.get((notice.kind, channel), usual)

    def wants(self, notice: type[Notice], channel: str) -> bool:
        muted = self.preference.is_muted and notice.can_be_silenced
        return not muted and self.has_on(notice, channel)

    def quiet_until(self, now: datetime) -> datetime | None:
        """When the quiet hours end in which `now` lies; None outside them."""
        wish, local = self.preference, now.astimezone(self.zone)
        if not wish.has_quiet_hours:
            return None
        begins, ends, clock = wish.quiet_from, wish.quiet_until, local.time()
        over_midnight = begins > ends
        late, early = clock >= begins, clock < ends
        if not (late or early if over_midnight else late and early):
            return None
        day = local.date() + timedelta(days=1 if over_midnight and late else 0)
        return datetime.combine(day, ends, tzinfo=self.zone)


def wishes_of(people: Iterable[User]) -> dict[int, Wishes]:
    """Of many people in two queries, one where nobody chose; their schools are already fetched."""
    by_pk = {person.pk: person for person in people}
    rows = {row.person_id: row for row in Preference.objects.filter(person__in=by_pk)}
    choices: dict[int, dict[tuple[str, str], bool]] = {pk: {} for pk in by_pk}
    for choice in ChannelChoice.objects.filter(person__in=rows):
        choices[choice.person_id][choice.kind, choice.channel] = choice.is_on
    return {
        pk: Wishes(rows.get(pk) or Preference(person=person), person.school.zone, choices[pk])
        for pk, person in by_pk.items()
    }


def sounding(user: User, rows: Iterable[Notification]) -> set[int]:
    """Which of these may make a sound now."""
    rows = list(rows)
    if not rows:
        return set()
    wishes = wishes_of([user])[user.pk]
    quiet = wishes.quiet_until(timezone.now()) is not None
    return {
        row.pk
        for row in rows
        if wishes.wants(notice := kind_named(row.kind), Channel.SOUND)
        and not (quiet and notice.can_be_silenced)
    }


def may_sound(user: User) -> bool:
    """Whether an ordinary piece of news may make a sound now."""
    wishes = wishes_of([user])[user.pk]
    return not wishes.preference.is_muted and wishes.quiet_until(timezone.now()) is None


@transaction.atomic
def save(person: User, preference: Preference, on: dict[tuple[type[Notice], str], bool]) -> None:
    """Keeps a row for what differs from the usual, and for nothing else."""
    User.objects.select_for_update(no_key=True).get(
        pk=person.pk
    )  # two windows, one after the other
    preference.save()
    for (notice, channel), is_on in on.items():
        mine = ChannelChoice.objects.filter(person=person, kind=notice.kind, channel=channel)
        if is_on == usually_on(notice, channel):
            mine.delete()
        elif not mine.update(is_on=is_on):
            ChannelChoice.objects.create(
                person=person, kind=notice.kind, channel=channel, is_on=is_on
            )
