from typing import Any

from django.core.management.base import BaseCommand, CommandError

from educounsel.materi import embeddings, tasks
from educounsel.materi.models import Materi


class Command(BaseCommand):
    help = "Has the workers embed all materi that are `Aktif`, after OPENAI_EMBEDDINGS changed."

    def handle(self, *args: Any, **options: Any) -> None:
        if not embeddings.are_on():
            raise CommandError("OPENAI_EMBEDDINGS names no model.")
        for materi_id in Materi.objects.active().values_list("pk", flat=True):
            tasks.embed_materi.enqueue(materi_id)
