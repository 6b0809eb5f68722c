"""MATERI on the desk of a Guru BK: written, published, archived."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.fields.files import FieldFile
from django.db.models.functions import Coalesce
from django.utils import timezone

from educounsel.materi import embeddings, passages
from educounsel.materi.models import Materi, MateriPassage, Status
from educounsel.materi.reading import minutes_to_read
from educounsel.materi.tasks import announce_materi, embed_materi
from educounsel.materi.uploads import Pdf
from educounsel.schools.models import ClassGroup

TEXT = ["title", "bidang", "summary", "body", "reading_minutes", "updated_at"]
THUMBNAIL = ["thumbnail"]
PDF = ["pdf", "pdf_bytes", "pdf_pages"]

# What changes where a materi stands; False when it stood there already.
type Verb = Callable[[Materi], bool]
# A bucket that does not answer or takes nothing, a disk that is full.
AWAY = (BotoCoreError, ClientError, OSError)


class NotStored(Exception):
    """The files could not be kept now, and so nothing was."""

    sentence = (
        "Berkasnya belum bisa disimpan: tempat berkas sedang penuh atau tidak menjawab. Tunggu"
        " sebentar, lalu pilih lagi berkasnya dan simpan. Tulisannya saja bisa disimpan sekarang."
    )


def save(
    materi: Materi,
    class_groups: Iterable[ClassGroup],
    thumbnail: bytes | None = None,
    pdf: Pdf | None = None,
) -> Materi:
    """Keeps what was written; a new materi is a draft. A file that is None stays as it is.

    `thumbnail` and `pdf` come from uploads.py; NO_PDF takes the PDF away. Files are stored before
    the transaction: a slow store holds nobody up, and no row ever names what is not there yet.
    Of two new ones with one key, made in the same instant, the first is kept. Raises NotStored.
    """
    is_new = materi.pk is None
    fields, replaced = _store(materi, thumbnail, pdf)
    try:
        with transaction.atomic():
            _write(materi, fields)
            _aim(materi, class_groups)
            _cut_into_passages(materi, pdf)
            _let_embed(materi)
            # What was written is kept, whether or not the store lets go of what nothing names now.
            transaction.on_commit(partial(_drop, replaced), robust=True)
    except IntegrityError:
        if not is_new:
            raise
        _drop([materi.thumbnail.name or "", materi.pdf.name or ""])
        return Materi.objects.get(author=materi.author, key=materi.key)
    return materi


def _store(materi: Materi, thumbnail: bytes | None, pdf: Pdf | None) -> tuple[list[str], list[str]]:
    """The fields of the row that are to be written, and the files that nothing names after it."""
    fields, replaced = [*TEXT], []
    if thumbnail is not None:
        fields += THUMBNAIL
        replaced.append(_put(materi.thumbnail, thumbnail, "webp"))
    if pdf is not None:
        fields += PDF
        replaced.append(_put(materi.pdf, pdf.data, "pdf"))
        materi.pdf_bytes, materi.pdf_pages = len(pdf.data), len(pdf.pages)
    return fields, replaced


def _put(file: FieldFile, data: bytes, kind: str) -> str:
    """Returns the name of the file that was there. What the sender called his is never used."""
    old, name = file.name or "", f"materi/{uuid4().hex}.{kind}"
    try:
        file.name = default_storage.save(name, ContentFile(data)) if data else ""
    except AWAY as away:
        raise NotStored from away
    return old


def _write(materi: Materi, fields: list[str]) -> None:
    """Never the status: another Guru BK may have published it while this one wrote."""
    materi.reading_minutes = minutes_to_read(materi.body)
    materi.save(update_fields=None if materi.pk is None else fields)


def _aim(materi: Materi, class_groups: Iterable[ClassGroup]) -> None:
    before = set(materi.class_groups.all())
    materi.class_groups.set(class_groups)
    # Whoever may read it only now is told now; everybody else was.
    if materi.status == Status.ACTIVE and before != set(materi.class_groups.all()):
        announce_materi.enqueue(materi.pk)


def _cut_into_passages(materi: Materi, pdf: Pdf | None) -> None:
    materi.passages.filter(page=0).delete()
    MateriPassage.objects.bulk_create(passages.of_text(materi))
    if pdf is not None:
        materi.passages.exclude(page=0).delete()
        MateriPassage.objects.bulk_create(passages.of_pdf(materi, pdf.pages))


def _let_embed(materi: Materi) -> None:
    """A draft leaves for no provider."""
    if embeddings.are_on() and materi.status == Status.ACTIVE:
        embed_materi.enqueue(materi.pk)


def _drop(names: list[str]) -> None:
    for name in filter(None, names):
        default_storage.delete(name)


@transaction.atomic
def publish(materi: Materi) -> bool:
    """Students may read it from now on, and are told. False when it was `Aktif` already."""
    first_time = Coalesce("published_at", Value(timezone.now()))
    published = _move(materi, Status.ACTIVE, published_at=first_time)
    if published:
        announce_materi.enqueue(materi.pk)
        _let_embed(materi)
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
