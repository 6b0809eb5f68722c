from django.tasks import task

from educounsel.materi import embeddings
from educounsel.materi.announcing import announce
from educounsel.materi.models import Materi


@task
def announce_materi(materi_id: int) -> None:
    """Archived or withdrawn before its turn came, it is no news any more."""
    for materi in Materi.objects.active().filter(pk=materi_id):
        announce(materi)


@task(queue_name="outside")
def embed_materi(materi_id: int) -> None:
    for materi in Materi.objects.active().filter(pk=materi_id):
        embeddings.learn(materi)
