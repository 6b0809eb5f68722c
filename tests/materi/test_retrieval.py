import pytest
from pytest_django import DjangoAssertNumQueries

from educounsel.materi import publishing
from educounsel.materi.ranking import Index
from educounsel.materi.retrieval import search
from educounsel.materi.uploads import read_pdf
from tests.cast import Cast
from tests.materi import files, shelf

SHELF = {
    "Tenang sebelum ujian": (
        "Jantung deg-degan dan tangan dingin sebelum ujian itu wajar. "
        "Tarik napas pelan, lalu keluarkan."
    ),
    "Belajar sedikit demi sedikit": (
        "Menunda belajar sampai malam terakhir membuat lelah. Cicil lima belas menit setiap hari."
    ),
    "Memilih jurusan": (
        "Orang tua dan teman boleh memberi saran, tetapi jurusan kuliah kamu yang menjalani."
    ),
    "Teman yang menjauh": (
        "Saat sahabat menjauh, tanyakan baik-baik tanpa menuduh. "
        "Kehilangan teman memang menyakitkan."
    ),
    "Menghadapi perundungan": (
        "Kalau kamu dirundung atau diejek, simpan bukti dan ceritakan kepada Guru BK."
    ),
    "Istirahat dari ponsel": "Simpan ponsel di luar kamar supaya kamu bisa tidur lebih cepat.",
    "Mengenali perasaan": "Marah dan sedih punya nama. Menangis bukan tanda lemah.",
    "Bekerja setelah lulus": (
        "Surat lamaran pekerjaan yang baik pendek dan jujur tentang keterampilan."
    ),
    "Percaya diri di depan kelas": "Presentasi terasa ringan kalau kalimat pertama sudah dihafal.",
    "Keuangan pelajar": "Catat uang saku setiap minggu agar tahu ke mana perginya.",
}


@pytest.fixture
def school(cast: Cast) -> Cast:
    for title, body in SHELF.items():
        shelf.published(cast.rina, title=title, body=body)
    return cast


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("aku deg2an bgt besok ujian gmn ya", "Tenang sebelum ujian"),
        ("gimana biar ga nunda2 blajar", "Belajar sedikit demi sedikit"),
        ("ortu maksa aku ambil jurusan lain", "Memilih jurusan"),
        ("tmn2 ngejauh dari aku knp ya", "Teman yang menjauh"),
        ("aku dibully di kelas", "Menghadapi perundungan"),
        ("gabisa tidur krn hp", "Istirahat dari ponsel"),
        ("nangis mulu gatau knp", "Mengenali perasaan"),
        ("cara bikin surat lamaran kerjaan", "Bekerja setelah lulus"),
        ("takut presentasiii", "Percaya diri di depan kelas"),
        ("uang sakuku abis terus", "Keuangan pelajar"),
        ("jurusn kulia", "Memilih jurusan"),
    ],
)
def test_a_question_as_students_type_it_finds_its_materi_first(
    school: Cast, question: str, title: str
) -> None:
    assert [passage.title for passage in search(school.sari, question)][:1] == [title]


@pytest.mark.parametrize(
    "question",
    [
        "", "   ", "?!", "halo kak", "makasih ya", "harga bakso kantin", "skor bola semalam",
        "\x00", "😂😭", "yang dan di ke", "'; drop table materi_materi; --", "resep seblak " * 400,
        "1234567", "kenapa langit biru", "cara ganti oli motor",
    ],
)  # fmt: skip
def test_what_no_materi_answers_is_not_answered(school: Cast, question: str) -> None:
    assert search(school.sari, question) == []


def test_a_passage_says_where_it_stands(cast: Cast) -> None:
    body = "Pembuka.\n\n## Napas empat enam\n\nTarik napas empat hitungan."
    materi = publishing.save(
        shelf.draft(cast.rina, "Tenang", body),
        [],
        pdf=read_pdf(files.pdf("Sampul.", "Peta bintang selatan.")),
    )
    publishing.publish(materi)
    (text,), (page,) = search(cast.sari, "hitungan"), search(cast.sari, "bintang selatan")
    assert (text.materi_id, text.title, text.heading, text.text, text.page) == (
        materi.pk, "Tenang", "Napas empat enam", "Tarik napas empat hitungan.", None,
    )  # fmt: skip
    assert (page.materi_id, page.text, page.page) == (materi.pk, "Peta bintang selatan.", 2)
    assert (text.anchor, page.anchor) == ("bagian-napas-empat-enam", "hal-2")


def test_each_materi_answers_once_and_the_best_first(cast: Cast) -> None:
    shelf.published(
        cast.rina, title="Lain", body="Sekali saja soal ujian, lalu panjang tentang hal lain."
    )
    shelf.published(cast.rina, title="Ujian", body="## Ujian\n\nUjian.\n\n## Ujian lagi\n\nUjian.")
    found = search(cast.sari, "ujian")
    assert [passage.title for passage in found] == ["Ujian", "Lain"]
    assert found[0].score > found[1].score
    assert len(search(cast.sari, "ujian", limit=1)) == 1


def titles_for(student: object, question: str) -> list[str]:
    return [passage.title for passage in search(student, question)]  # type: ignore[arg-type]


def test_only_what_the_student_may_read_answers(cast: Cast) -> None:
    shelf.published(cast.rina, cast.sari_class, title="Milik XI IPA 2", body="rahasia pelangi")
    shelf.published(cast.tono, title="Milik sekolah lain", body="rahasia pelangi")
    publishing.save(shelf.draft(cast.rina, "Draf", "rahasia pelangi"), [])
    publishing.archive(shelf.published(cast.rina, title="Arsip", body="rahasia pelangi"))
    assert titles_for(cast.sari, "rahasia pelangi") == ["Milik XI IPA 2"]
    assert titles_for(cast.dodi, "rahasia pelangi") == []
    assert titles_for(cast.tia, "rahasia pelangi") == ["Milik sekolah lain"]


def test_the_answer_follows_every_change(cast: Cast) -> None:
    materi = shelf.published(cast.rina, body="Tentang komet.")
    assert len(search(cast.sari, "komet")) == 1
    materi.body = "Tentang gerhana."
    publishing.save(materi, [])
    assert (search(cast.sari, "komet"), len(search(cast.sari, "gerhana"))) == ([], 1)
    publishing.archive(materi)
    assert search(cast.sari, "gerhana") == []


def test_a_school_is_read_once_and_then_remembered(
    school: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    search(school.sari, "ujian")
    with django_assert_num_queries(2):
        search(school.dodi, "jurusan")


def test_a_change_of_one_materi_touches_no_other(
    school: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    materi = shelf.published(school.rina, title="Komet", body="Ekor komet.")
    search(school.sari, "komet")
    touched: list[str] = []
    add = Index.add

    def noting(index: Index, title: str, text: str) -> int:
        touched.append(title)
        return add(index, title, text)

    monkeypatch.setattr(Index, "add", noting)
    materi.title = "Gerhana"
    publishing.save(materi, [])
    assert titles_for(school.sari, "gerhana") == ["Gerhana"]
    assert set(touched) == {"Gerhana "}
