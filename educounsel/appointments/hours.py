"""A Guru BK's weekly hours. Closing hours takes no appointment back."""

from django.db import transaction

from educounsel.accounts.models import User
from educounsel.appointments.models import Availability
from educounsel.appointments.tasks import offer_what_is_free

HOURS = ("weekday", "starts_at", "ends_at", "slot_minutes")


class HoursOverlap(Exception):
    sentence = "Jam ini bertumpuk dengan jam yang sudah ada di hari yang sama."


@transaction.atomic
def open_hours(counsellor: User, hours: Availability) -> None:
    """Twice is once. Raises HoursOverlap."""
    # One after the other: two forms sent at once would each find no overlap.
    User.objects.select_for_update().get(pk=counsellor.pk)
    own = Availability.objects.filter(counsellor=counsellor)
    if own.filter(**{name: getattr(hours, name) for name in HOURS}).exists():
        return
    if own.overlapping(hours.weekday, hours.starts_at, hours.ends_at).exists():
        raise HoursOverlap
    hours.counsellor = counsellor
    hours.save()
    offer_what_is_free(counsellor.pk)
