from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from educounsel.accounts.models import User
from educounsel.materi import publishing, uploads
from educounsel.materi.models import Materi, Status
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.factories import make_materi
from tests.materi import files, shelf
from tests.materi.test_publishing import announcements

WRITTEN: dict[str, Any] = {
    "title": "Napas empat enam",
    "bidang": "pribadi",
    "summary": "Menenangkan diri.",
    "body": "Tarik *napas*.",
}


def send(client: Client, address: str = "/guru/materi/new", **fields: Any) -> HttpResponse:
    return client.post(address, WRITTEN | fields)  # type: ignore[return-value]


def upload(data: bytes, name: str = "berkas") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def errors(response: Any) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


def test_a_new_materi_is_kept_as_a_draft_of_the_writer(cast: Cast, client_of: ClientOf) -> None:
    response = send(client_of(cast.rina), class_groups=[cast.sari_class.pk])
    materi = Materi.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/guru/materi/{materi.pk}")
    assert (materi.title, materi.bidang, materi.summary, materi.body) == tuple(WRITTEN.values())
    assert (materi.school, materi.author, materi.status) == (cast.school, cast.rina, "Draf")
    assert set(materi.class_groups.all()) == {cast.sari_class}


def test_it_can_be_published_in_the_same_breath(cast: Cast, client_of: ClientOf) -> None:
    send(client_of(cast.rina), publish="1")
    materi = Materi.objects.get()
    assert materi.status == Status.ACTIVE
    assert announcements() == [materi.pk]


def test_good_files_are_kept(cast: Cast, client_of: ClientOf) -> None:
    evil = "../../etc/\u202egnp.exe\u0000💥.pdf"
    send(
        client_of(cast.rina),
        new_pdf=upload(files.pdf(), evil),
        new_thumbnail=upload(files.picture(), "x.svg"),
    )
    materi = Materi.objects.get()
    assert materi.pdf_pages == 2
    assert str(materi.pdf).removeprefix("materi/").removesuffix(".pdf").isalnum()
    assert str(materi.thumbnail).removeprefix("materi/").removesuffix(".webp").isalnum()


@pytest.mark.parametrize(
    ("field", "data", "sentence"),
    [
        ("new_pdf", b"<html><script>alert(1)</script>", uploads.NOT_A_PDF),
        ("new_pdf", b"", uploads.NOT_A_PDF),
        ("new_pdf", files.locked_pdf("x"), uploads.LOCKED),
        ("new_pdf", bytes(uploads.PDF_BYTES + 1), uploads.TOO_LARGE_A_PDF),
        ("new_thumbnail", b"<svg onload=alert(1)>", uploads.NOT_A_PICTURE),
        ("new_thumbnail", b"", uploads.NOT_A_PICTURE),
        ("new_thumbnail", files.huge_png(50_000, 50_000), uploads.TOO_MANY_PIXELS),
        ("new_thumbnail", bytes(uploads.THUMBNAIL_BYTES + 1), uploads.TOO_LARGE_A_PICTURE),
    ],
)
def test_a_bad_file_is_refused_and_what_was_typed_stays(
    cast: Cast, client_of: ClientOf, field: str, data: bytes, sentence: str
) -> None:
    sent = WRITTEN | {"title": "Judul & panjang", field: upload(data)}
    response = client_of(cast.rina).post("/guru/materi/new", sent)
    assert (response.status_code, errors(response)) == (422, {field: [sentence]})
    page = response.content.decode()
    assert 'value="Judul &amp; panjang"' in page
    assert "Tarik *napas*." in page
    assert "lalu pilih lagi berkasnya" in page
    assert not Materi.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 256),
        ("title", "nol\x00"),
        ("bidang", ""),
        ("bidang", "lainnya"),
        ("summary", "   "),
        ("summary", "x" * 201),
        ("body", ""),
        ("body", "x" * 60_001),
        ("class_groups", "999999"),
        ("class_groups", "x"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(
    cast: Cast, client_of: ClientOf, field: str, value: str
) -> None:
    response = send(client_of(cast.rina), **{field: value})
    assert (response.status_code, list(errors(response))) == (422, [field])
    assert not Materi.objects.exists()


def test_a_class_of_another_school_cannot_be_chosen(cast: Cast, client_of: ClientOf) -> None:
    theirs = cast.other_school.years.get().class_groups.get()
    assert list(errors(send(client_of(cast.rina), class_groups=[theirs.pk]))) == ["class_groups"]


def test_nobody_writes_what_the_form_does_not_ask(cast: Cast, client_of: ClientOf) -> None:
    send(
        client_of(cast.rina),
        school=cast.other_school.pk,
        author=cast.tono.pk,
        status="Aktif",
        pdf="secret_key",
    )
    materi = Materi.objects.get()
    assert (materi.school, materi.author, materi.status, str(materi.pdf)) == (
        cast.school, cast.rina, "Draf", "",
    )  # fmt: skip


def test_another_guru_bk_of_the_school_may_mend_it(cast: Cast, client_of: ClientOf) -> None:
    materi = shelf.with_files(cast.rina)
    send(client_of(cast.budi), f"/guru/materi/{materi.pk}", title="Lebih baik")
    materi.refresh_from_db()
    assert (materi.title, materi.author, materi.status) == ("Lebih baik", cast.rina, "Aktif")
    assert materi.pdf_pages == 2


def test_the_pdf_goes_when_it_is_asked_to(cast: Cast, client_of: ClientOf) -> None:
    materi = shelf.with_files(cast.rina)
    send(client_of(cast.rina), f"/guru/materi/{materi.pk}", without_pdf="on")
    materi.refresh_from_db()
    assert (str(materi.pdf), materi.pdf_pages) == ("", 0)


def test_a_class_of_last_year_stays_chosen(cast: Cast, client_of: ClientOf) -> None:
    """Left out of the form it would be lost, and the materi then be for everybody."""
    materi = shelf.published(cast.rina, cast.sari_class)
    cast.school.years.update(is_current=False)
    page = client_of(cast.rina).get(f"/guru/materi/{materi.pk}")
    choices = [group.pk for group in page.context["form"].fields["class_groups"].queryset]
    assert choices == [cast.sari_class.pk]


MOVES = [
    ("publication", "Draf", "Aktif"),
    ("archiving", "Aktif", "Arsip"),
    ("withdrawal", "Aktif", "Draf"),
]


def standing_at(author: User, status: str) -> Materi:
    materi = publishing.save(shelf.draft(author), [])
    if status == "Aktif":
        publishing.publish(materi)
    return materi


@pytest.mark.parametrize(("noun", "before", "after"), MOVES)
def test_a_materi_moves_once_however_often_it_is_asked(
    cast: Cast, client_of: ClientOf, noun: str, before: str, after: str
) -> None:
    materi, rina = standing_at(cast.rina, before), client_of(cast.rina)
    for _ in range(2):
        response = rina.post(f"/guru/materi/{materi.pk}/{noun}")
        assert (response.status_code, response["Location"]) == (302, f"/guru/materi/{materi.pk}")
    assert Materi.objects.get().status == after
    assert announcements() == [materi.pk]


@pytest.mark.parametrize(("noun", "before", "after"), MOVES)
def test_nobody_else_moves_it_and_looking_moves_nothing(
    cast: Cast, client_of: ClientOf, noun: str, before: str, after: str
) -> None:
    address = f"/guru/materi/{standing_at(cast.rina, before).pk}/{noun}"
    for person in (cast.sari, cast.tono, cast.admin):
        assert client_of(person).post(address).status_code == 404
    assert Client().post(address).status_code == 302
    assert client_of(cast.rina).get(address).status_code == 405
    assert Materi.objects.get().status == before


def test_another_school_and_students_find_no_desk(cast: Cast, client_of: ClientOf) -> None:
    materi = shelf.with_files(cast.rina)
    page = f"/guru/materi/{materi.pk}"
    for address in (page, f"{page}/preview", f"{page}/file"):
        for person in (cast.tono, cast.sari, cast.admin):
            assert client_of(person).get(address).status_code == 404
    assert send(client_of(cast.tono), page, title="Milik kami").status_code == 404
    assert client_of(cast.tono).get(f"/materi/{materi.pk}/thumbnail").status_code == 404
    assert Materi.objects.get().title == "Napas empat enam"


def test_a_draft_is_seen_as_a_student_would(cast: Cast, client_of: ClientOf) -> None:
    materi = shelf.with_files(cast.rina)
    publishing.withdraw(materi)
    budi = client_of(cast.budi)
    page = budi.get(f"/guru/materi/{materi.pk}/preview?tab=pdf").content.decode()
    assert "Sekarang belum: materi ini berstatus Draf." in page
    assert f'data-pdf="/guru/materi/{materi.pk}/file"' in page
    assert budi.get(f"/guru/materi/{materi.pk}/file").status_code == 302
    assert budi.get(f"/materi/{materi.pk}/thumbnail").status_code == 302


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_what_is_typed_can_be_previewed_without_saving(
    cast: Cast, client_of: ClientOf, headers: dict[str, str]
) -> None:
    typed = {"title": "<i>Judul</i>", "body": "**Tebal** <script>alert(1)</script>"}
    page = client_of(cast.rina).post("/guru/materi/preview", typed, headers=headers)
    assert "<strong>Tebal</strong>" in page.content.decode()
    assert "<script>alert" not in page.content.decode()
    assert ("<html" in page.content.decode()) == (not headers)
    assert not Materi.objects.exists()


def titles(client: Client, query: str = "") -> list[str]:
    return [materi.title for materi in client.get(f"/guru/materi{query}").context["page"]]


def test_the_desk_holds_what_the_school_wrote_by_status_and_title(
    cast: Cast, client_of: ClientOf
) -> None:
    make_materi(cast.tono, "Sekolah lain")
    make_materi(cast.rina, "Arsip teman", status="Arsip")
    make_materi(cast.budi, "Draf jurusan", status="Draf")
    make_materi(cast.rina, "Terbit teman")
    rina = client_of(cast.rina)
    assert titles(rina) == ["Terbit teman", "Draf jurusan", "Arsip teman"]
    assert titles(rina, "?status=Draf") == ["Draf jurusan"]
    assert titles(rina, "?q=TEMAN") == ["Terbit teman", "Arsip teman"]
    assert titles(rina, "?q=teman&status=Aktif") == ["Terbit teman"]
    assert titles(rina, "?q=%00&status=zzz") == ["Terbit teman", "Draf jurusan", "Arsip teman"]


def test_the_queries_of_the_desk_do_not_grow(cast: Cast, client_of: ClientOf) -> None:
    rina, counts = client_of(cast.rina), []
    for more in (1, 49):
        for _ in range(more):
            make_materi(cast.rina)
        with CaptureQueriesContext(connection) as asked:
            rina.get("/guru/materi")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_files_that_cannot_be_stored_lose_no_word(
    cast: Cast, client_of: ClientOf, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "full").touch()
    settings.MEDIA_ROOT = tmp_path / "full"
    response: Any = send(client_of(cast.rina), new_pdf=upload(files.pdf()), publish="1")
    assert response.status_code == 503
    assert errors(response) == {"__all__": [publishing.NotStored.sentence]}
    assert response.context["form"]["body"].value() == WRITTEN["body"]
    assert not Materi.objects.exists()


def test_an_old_file_that_cannot_be_deleted_keeps_nothing_from_being_written(
    cast: Cast, client_of: ClientOf, settings: Settings, tmp_path: Path
) -> None:
    materi = make_materi(cast.rina, pdf="materi/old.pdf")
    settings.MEDIA_ROOT = tmp_path / "full"
    (tmp_path / "full" / "materi" / "old.pdf" / "in the way").mkdir(parents=True)
    response = send(client_of(cast.rina), f"/guru/materi/{materi.pk}", without_pdf="on")
    assert response.status_code == 302
    materi.refresh_from_db()
    assert (materi.pdf.name, materi.title) == ("", WRITTEN["title"])
