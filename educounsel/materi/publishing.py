"""MATERI on the desk of a Guru BK: written, published, archived."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Value
from django.db.models.fields.files import FieldFile
from django.db.models.functions import Coalesce
from django.utils import timezone

from educounsel.materi import passages
from educounsel.materi.models import Materi, MateriPassage, Status
from educounsel.materi.reading import minutes_to_read
from educounsel.materi.tasks import announce_materi
from educounsel.materi.uploads import Pdf
from educounsel.schools.models import ClassGroup

TEXT = ["title", "bidang", "summary", "body", "reading_minutes", "updated_at"]
PDF = ["pdf", "pdf_bytes", "pdf_pages", "updated_at"]

# What changes where a materi stands; False when it stood there already.
type Verb = Callable[[Materi], bool]


@transaction.atomic
def save(
    materi: Materi,
    class_groups: Iterable[ClassGroup],
    thumbnail: bytes | None = None,
    pdf: Pdf | None = None,
) -> Materi:
    """Keeps what was written; a new materi is a draft. A file that is None stays as it is.

    `thumbnail` and `pdf` come from uploads.py; NO_PDF takes the PDF away.
    """
    _write_text(materi)
    _aim(materi, class_groups)
    if thumbnail is not None:
        _replace(materi.thumbnail, thumbnail, "webp")
        materi.save(update_fields=["thumbnail"])
    if pdf is not None:
        _put_pdf(materi, pdf)
    return materi


def _write_text(materi: Materi) -> None:
    materi.reading_minutes = minutes_to_read(materi.body)
    # Not the status: another Guru BK may have published it while this one wrote.
    materi.save(update_fields=None if materi.pk is None else TEXT)
    materi.passages.filter(page=0).delete()
    MateriPassage.objects.bulk_create(passages.of_text(materi))


def _aim(materi: Materi, class_groups: Iterable[ClassGroup]) -> None:
    before = set(materi.class_groups.all())
    materi.class_groups.set(class_groups)
    # Whoever may read it only now is told now; everybody else was.
    if materi.status == Status.ACTIVE and before != set(materi.class_groups.all()):
        announce_materi.enqueue(materi.pk)


def _put_pdf(materi: Materi, pdf: Pdf) -> None:
    _replace(materi.pdf, pdf.data, "pdf")
    materi.pdf_bytes, materi.pdf_pages = len(pdf.data), len(pdf.pages)
    materi.save(update_fields=PDF)
    materi.passages.exclude(page=0).delete()
    MateriPassage.objects.bulk_create(passages.of_pdf(materi, pdf.pages))


def _replace(file: FieldFile, data: bytes, kind: str) -> None:
    """The name is ours: what the sender called the file is never used. The old one goes after
    commit, when no row names it any more."""
    if file.name:
        transaction.on_commit(partial(default_storage.delete, file.name))
    name = f"materi/{uuid4().hex}.{kind}"
    file.name = default_storage.save(name, ContentFile(data)) if data else ""


@transaction.atomic
def publish(materi: Materi) -> bool:
    """Students may read it from now on, and are told. False when it was `Aktif` already."""
    first_time = Coalesce("published_at", Value(timezone.now()))
    published = _move(materi, Status.ACTIVE, published_at=first_time)
    if published:
        announce_materi.enqueue(materi.pk)
    return published


def archive(materi: Materi) -> bool:
    return _move(materi, Status.ARCHIVED)


def withdraw(materi: Materi) -> bool:
    """Back to a draft."""
    return _move(materi, Status.DRAFT)


def _move(materi: Materi, status: Status, **more: Any) -> bool:
    """One statement, so that of two people who do the same at once one does it."""
    elsewhere = Materi.objects.filter(pk=materi.pk).exclude(status=status)
    moved = elsewhere.update(status=status, updated_at=timezone.now(), **more)
    materi.refresh_from_db(fields=["status", "published_at", "updated_at"])
    return moved == 1
