from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from educounsel.accounts.models import User
from educounsel.materi import publishing
from educounsel.materi.models import Bidang, Materi
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.factories import make_materi
from tests.materi import shelf

HTMX = {"HX-Request": "true"}


def titles(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/student/materi{query}").context["page"]
    return [materi.title for materi in page]


def test_the_list_shows_what_is_for_me_the_newest_first(cast: Cast, client_of: ClientOf) -> None:
    now = timezone.now()
    make_materi(cast.rina, "Lama", published_at=now - timedelta(days=2))
    make_materi(cast.budi, "Baru", published_at=now)
    mine = make_materi(cast.rina, "Kelasku", published_at=now - timedelta(days=1))
    mine.class_groups.add(cast.sari_class)
    make_materi(cast.rina, "Kelas lain").class_groups.add(cast.dodi_class)
    make_materi(cast.tono, "Sekolah lain")
    make_materi(cast.rina, "Draf", status="Draf")
    make_materi(cast.rina, "Arsip", status="Arsip")
    assert titles(client_of(cast.sari)) == ["Baru", "Kelasku", "Lama"]


def test_a_card_offers_the_pdf_with_its_size_only_where_there_is_one(
    cast: Cast, client_of: ClientOf
) -> None:
    text, pdf = shelf.published(cast.rina, title="Teks"), shelf.with_files(cast.rina)
    Materi.objects.filter(pk=pdf.pk).update(pdf_bytes=1_258_291)
    page = client_of(cast.sari).get("/student/materi").content.decode()
    assert f'href="/student/materi/{pdf.pk}/file?unduh=1">Unduh · 1,2\xa0MB<' in page
    assert f"/student/materi/{text.pk}/file" not in page
    assert f'src="/materi/{pdf.pk}/thumbnail"' in page
    assert f"/materi/{text.pk}/thumbnail" not in page


def test_a_page_holds_twelve(cast: Cast, client_of: ClientOf) -> None:
    for number in range(13):
        make_materi(cast.rina, f"Materi {number}")
    sari = client_of(cast.sari)
    assert [len(titles(sari, query)) for query in ("", "?page=2", "?page=x")] == [12, 1, 12]


def queries_of(client: Client, query: str) -> int:
    client.get(f"/student/materi{query}")  # the first time after a change, the index is built
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/student/materi{query}")
    return len(asked)


@pytest.mark.parametrize("query", ["", "?q=napas"])
def test_the_number_of_queries_does_not_grow(cast: Cast, client_of: ClientOf, query: str) -> None:
    sari = client_of(cast.sari)
    shelf.with_files(cast.rina, cast.sari_class)
    alone = queries_of(sari, query)
    for _ in range(49):
        shelf.published(cast.rina, cast.sari_class)
    assert queries_of(sari, query) == alone


def test_a_bidang_is_shown_alone(cast: Cast, client_of: ClientOf) -> None:
    make_materi(cast.rina, "Jurusan", bidang=Bidang.KARIR)
    make_materi(cast.rina, "Teman", bidang=Bidang.SOSIAL)
    sari = client_of(cast.sari)
    assert titles(sari, "?bidang=karir") == ["Jurusan"]
    assert sorted(titles(sari, "?bidang=apa-saja")) == ["Jurusan", "Teman"]


@pytest.mark.parametrize("question", ["napas", "nap", "NAPAS empat", "deg2an napas"])
def test_a_search_finds_words_and_titles_half_typed(
    cast: Cast, client_of: ClientOf, question: str
) -> None:
    shelf.published(cast.rina, title="Napas empat enam", body="Saat deg-degan, tarik napas.")
    shelf.published(cast.rina, title="Memilih jurusan", body="Tanya dirimu dulu.")
    assert titles(client_of(cast.sari), f"?q={quote(question)}") == ["Napas empat enam"]


def test_a_search_never_shows_what_is_not_for_me(cast: Cast, client_of: ClientOf) -> None:
    shelf.published(cast.rina, cast.sari_class, title="Pelangi kelas Sari")
    shelf.published(cast.tono, title="Pelangi sekolah lain")
    assert titles(client_of(cast.dodi), "?q=pelangi") == []
    assert titles(client_of(cast.sari), "?q=pelangi") == ["Pelangi kelas Sari"]


def test_while_typing_only_the_cards_are_sent(cast: Cast, client_of: ClientOf) -> None:
    make_materi(cast.rina, "Saat teman menjauh")
    part = client_of(cast.sari).get("/student/materi?q=teman", headers=HTMX).content.decode()
    assert "Saat teman menjauh" in part
    assert "<html" not in part


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Belum ada materi"),
        ("?q=komet", "Belum ketemu"),
        ("?bidang=karir", "Belum ada materi di bidang ini"),
        ("?q=%00%27%22%3Cscript%3Ealert(1)%3C/script%3E", "Belum ketemu"),
    ],
)
def test_nothing_to_show_is_said_kindly(
    cast: Cast, client_of: ClientOf, query: str, words: str
) -> None:
    page = client_of(cast.sari).get(f"/student/materi{query}").content.decode()
    assert words in page
    assert "<script>alert" not in page


def test_reading_shows_text_author_and_time(cast: Cast, client_of: ClientOf) -> None:
    materi = shelf.published(cast.rina, title="<b>Napas</b>", body="## Satu\n\n<script>x</script>")
    page = client_of(cast.sari).get(f"/student/materi/{materi.pk}").content.decode()
    assert "<h1>&lt;b&gt;Napas&lt;/b&gt;</h1>" in page
    assert "Bu Rina Nuraini · 1 menit baca" in page
    assert '<h2 id="bagian-satu">Satu</h2>' in page
    assert "<script>x" not in page
    assert "Lihat File PDF" not in page


def test_the_pdf_has_a_tab_and_a_download_without_any_script(
    cast: Cast, client_of: ClientOf
) -> None:
    materi = shelf.with_files(cast.rina)
    text = client_of(cast.sari).get(f"/student/materi/{materi.pk}").content.decode()
    tab = client_of(cast.sari).get(f"/student/materi/{materi.pk}?tab=pdf").content.decode()
    assert '<a href="?" aria-current="page">Baca Konten</a>' in text
    assert '<a href="?tab=pdf" aria-current="page">Lihat File PDF</a>' in tab
    assert f'data-pdf="/student/materi/{materi.pk}/file"' in tab
    assert f'href="/student/materi/{materi.pk}/file?unduh=1"' in text


def hidden_ones(cast: Cast) -> list[Materi]:
    """With all their files, and none of them for Sari."""
    draft = shelf.with_files(cast.rina)
    publishing.withdraw(draft)
    archived = shelf.with_files(cast.rina)
    publishing.archive(archived)
    return [
        draft,
        archived,
        shelf.with_files(cast.budi, cast.dodi_class),
        shelf.with_files(cast.tono),
    ]


def addresses(materi: Materi) -> list[str]:
    page = f"/student/materi/{materi.pk}"
    return [
        page,
        f"{page}?tab=pdf",
        f"{page}/file",
        f"{page}/file?unduh=1",
        f"/materi/{materi.pk}/thumbnail",
    ]


def statuses(client: Client, materi: Materi) -> list[int]:
    return [client.get(address).status_code for address in addresses(materi)]


def test_what_is_not_for_me_does_not_exist_nor_do_its_files(
    cast: Cast, client_of: ClientOf
) -> None:
    for materi in hidden_ones(cast):
        assert statuses(client_of(cast.sari), materi) == [404] * 5
        assert client_of(cast.sari).head(f"/student/materi/{materi.pk}/file").status_code == 404


def test_what_is_for_me_opens_with_its_files(cast: Cast, client_of: ClientOf) -> None:
    materi = shelf.with_files(cast.rina, cast.sari_class)
    assert statuses(client_of(cast.sari), materi) == [200, 200, 302, 302, 302]


@pytest.mark.parametrize("who", ["rina", "tono", "admin"])
def test_staff_have_no_pages_of_students(cast: Cast, client_of: ClientOf, who: str) -> None:
    person: User = getattr(cast, who)
    materi = shelf.with_files(cast.rina)
    assert statuses(client_of(person), materi)[:4] == [404] * 4


def test_a_materi_without_files_has_none(cast: Cast, client_of: ClientOf) -> None:
    assert statuses(client_of(cast.sari), shelf.published(cast.rina))[2:] == [404] * 3


def test_a_stranger_is_asked_to_sign_in(cast: Cast, client: Client) -> None:
    materi = shelf.with_files(cast.rina)
    for address in addresses(materi):
        assert client.get(address)["Location"] == f"/login?next={quote(address)}"
