from django.tasks import task

from educounsel.announcements.models import Announcement
from educounsel.announcements.telling import forget_if_withdrawn, tell


@task
def tell_announcement(announcement_id: int) -> None:
    """Withdrawn before its turn came, it is no news any more."""
    for announcement in Announcement.objects.standing().filter(pk=announcement_id):
        tell(announcement)
        forget_if_withdrawn(announcement)
