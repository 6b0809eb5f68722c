from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from django_ox.models import OxTask
from pytest_django import DjangoCaptureOnCommitCallbacks

from educounsel.accounts.models import User
from educounsel.materi import publishing
from educounsel.materi.models import Materi, Status
from educounsel.materi.tasks import announce_materi
from educounsel.materi.uploads import NO_PDF, read_pdf, read_thumbnail
from educounsel.notifications.models import Notification
from tests.cast import Cast
from tests.factories import make_student
from tests.materi import files, shelf


def announcements() -> list[object]:
    """The materi whose announcement was asked of the workers, once for each asking."""
    return [task.args[0] for task in OxTask.objects.order_by("pk")]


def told_about(materi: Materi) -> set[User]:
    rows = Notification.objects.filter(subject=f"materi:{materi.pk}").select_related("recipient")
    return {row.recipient for row in rows}


def test_what_is_new_is_a_draft_that_nobody_is_told_about(cast: Cast) -> None:
    materi = publishing.save(shelf.draft(cast.rina, body="kata " * 401), [cast.sari_class])
    assert (materi.status, materi.published_at, materi.reading_minutes) == (Status.DRAFT, None, 3)
    assert set(materi.class_groups.all()) == {cast.sari_class}
    assert announcements() == []


def test_a_materi_can_be_quoted_by_summary_section_and_page(cast: Cast) -> None:
    materi = shelf.draft(cast.rina, body="Pembuka.\n\n## Napas\n\nTarik pelan.")
    publishing.save(materi, [], pdf=read_pdf(files.pdf("Halaman satu.", "Halaman dua.")))
    assert list(materi.passages.values_list("page", "heading", "text")) == [
        (0, "", "Untuk dibaca pelan-pelan."),
        (0, "", "Pembuka."),
        (0, "Napas", "Tarik pelan."),
        (1, "", "Halaman satu."),
        (2, "", "Halaman dua."),
    ]


def test_saving_again_replaces_the_passages_of_the_text_and_keeps_those_of_the_pdf(
    cast: Cast,
) -> None:
    materi = publishing.save(shelf.draft(cast.rina), [], pdf=read_pdf(files.pdf("Halaman satu.")))
    materi.body = "Lepas pelan."
    publishing.save(materi, [])
    assert [passage.text for passage in materi.passages.all()] == [
        "Untuk dibaca pelan-pelan.",
        "Lepas pelan.",
        "Halaman satu.",
    ]


def test_files_are_kept_under_names_of_our_own(cast: Cast) -> None:
    materi = shelf.with_files(cast.rina)
    materi.refresh_from_db()
    assert default_storage.open(str(materi.pdf)).read(5) == b"%PDF-"
    assert (materi.pdf_pages, materi.pdf_bytes) == (2, default_storage.size(str(materi.pdf)))
    assert default_storage.open(str(materi.thumbnail)).read(4) == b"RIFF"


def test_a_replaced_file_is_gone_after_commit(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    materi = shelf.with_files(cast.rina)
    old = [str(materi.pdf), str(materi.thumbnail)]
    with django_capture_on_commit_callbacks(execute=True):
        publishing.save(
            materi,
            [],
            thumbnail=read_thumbnail(files.picture("JPEG")),
            pdf=read_pdf(files.pdf("Baru.")),
        )
        assert all(default_storage.exists(name) for name in old)
    assert not any(default_storage.exists(name) for name in old)
    assert default_storage.exists(str(materi.pdf))


def test_a_pdf_can_be_taken_away(cast: Cast) -> None:
    materi = publishing.save(shelf.with_files(cast.rina), [], pdf=NO_PDF)
    materi.refresh_from_db()
    assert (materi.pdf.name, materi.pdf_pages, materi.pdf_bytes) == ("", 0, 0)
    assert not materi.passages.exclude(page=0).exists()


def test_saving_does_not_undo_what_another_guru_bk_published_meanwhile(cast: Cast) -> None:
    materi = publishing.save(shelf.draft(cast.rina), [])
    stale = Materi.objects.get(pk=materi.pk)
    publishing.publish(materi)
    publishing.save(stale, [])
    assert Materi.objects.get(pk=materi.pk).status == Status.ACTIVE


def test_publishing_shows_it_and_asks_for_one_announcement(cast: Cast) -> None:
    materi = publishing.save(shelf.draft(cast.rina), [])
    assert [publishing.publish(materi), publishing.publish(materi)] == [True, False]
    assert (materi.status, materi.published_at is not None) == (Status.ACTIVE, True)
    assert announcements() == [materi.pk]


def test_who_holds_an_old_copy_publishes_nothing_twice(cast: Cast) -> None:
    materi = publishing.save(shelf.draft(cast.rina), [])
    stale = Materi.objects.get(pk=materi.pk)
    publishing.publish(materi)
    assert publishing.publish(stale) is False
    assert announcements() == [materi.pk]


def test_coming_back_keeps_the_day_of_the_first_publication(cast: Cast) -> None:
    materi = shelf.published(cast.rina)
    first = timezone.now() - timedelta(days=30)
    Materi.objects.update(published_at=first)
    publishing.archive(materi)
    publishing.publish(materi)
    assert materi.published_at == first


@pytest.mark.parametrize(
    ("verb", "status"),
    [(publishing.archive, Status.ARCHIVED), (publishing.withdraw, Status.DRAFT)],
)
def test_what_is_put_away_is_read_by_nobody(
    cast: Cast, verb: publishing.Verb, status: Status
) -> None:
    materi = shelf.published(cast.rina)
    assert [verb(materi), verb(materi)] == [True, False]
    assert materi.status == status
    assert not Materi.objects.readable_by(cast.sari).exists()


def test_every_active_student_of_the_school_is_told_once(cast: Cast) -> None:
    gone = make_student(cast.sari_class, is_active=False)
    materi = shelf.published(cast.rina, title="Saat teman menjauh")
    announce_materi.call(materi.pk)
    announce_materi.call(materi.pk)
    assert told_about(materi) == {cast.sari, cast.dodi}
    assert gone not in told_about(materi)
    rows = Notification.objects.values_list("recipient", "kind", "icon", "title", "text", "url")
    assert sorted(rows) == [
        (
            who.pk,
            "materi",
            "book",
            "Materi baru",
            "Saat teman menjauh",
            f"/student/materi/{materi.pk}",
        )
        for who in (cast.sari, cast.dodi)
    ]


def test_what_is_for_one_class_is_told_to_that_class(cast: Cast) -> None:
    materi = shelf.published(cast.rina, cast.sari_class)
    announce_materi.call(materi.pk)
    assert told_about(materi) == {cast.sari}


def test_a_class_that_is_added_later_is_told_then(cast: Cast) -> None:
    materi = shelf.published(cast.rina, cast.sari_class)
    publishing.save(materi, [cast.sari_class, cast.dodi_class])
    assert announcements() == [materi.pk, materi.pk]
    announce_materi.call(materi.pk)
    assert told_about(materi) == {cast.sari, cast.dodi}


def test_a_mended_word_is_no_news(cast: Cast) -> None:
    materi = shelf.published(cast.rina, cast.sari_class)
    publishing.save(materi, [cast.sari_class])
    assert announcements() == [materi.pk]


def test_what_was_archived_before_the_worker_came_is_no_news(cast: Cast) -> None:
    materi = shelf.published(cast.rina)
    publishing.archive(materi)
    announce_materi.call(materi.pk)
    assert told_about(materi) == set()


def test_what_came_back_is_not_told_again(cast: Cast) -> None:
    materi = shelf.published(cast.rina)
    announce_materi.call(materi.pk)
    publishing.archive(materi)
    publishing.publish(materi)
    announce_materi.call(materi.pk)
    assert Notification.objects.count() == 2
