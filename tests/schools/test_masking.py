"""What leaves for a provider names neither people of the school nor the school itself."""

import pytest

from educounsel.schools.masking import SchoolMask
from educounsel.schools.spellings import school_pattern
from tests.cast import Cast
from tests.factories import make_class, make_student


@pytest.fixture
def mask(cast: Cast) -> SchoolMask:
    make_class(cast.school, "VIII B", 8)
    for name in (
        "Indah Permata",
        "Kevin Halim",
        "Bintang Setia",
        "Siti Nur'aini",
        "Muhammad Al Fajar",
    ):
        make_student(cast.dodi_class, name)
    return SchoolMask(cast.school.pk)


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("aku kelas XI IPA 2 di SMA Cendekia", "aku [kelas] di [sekolah]"),
        ("anak xi-ipa2 nakal", "anak [kelas] nakal"),
        ("di XI.IPA.2 dan 11 ipa 2", "di [kelas] dan [kelas]"),
        ("gw 8B, dulu viii b, 8-b", "gw [kelas], dulu [kelas], [kelas]"),
        ("anak ipa 2 nyebelin", "anak [kelas] nyebelin"),
        ("x-1 sama x1", "[kelas] sama [kelas]"),
        ("sma cendekia, SMACENDEKIA, sma-cendekia", "[sekolah], [sekolah], [sekolah]"),
        ("aku sekolah di cendekia", "aku sekolah di [sekolah]"),
        ("Cendekia lagi libur", "[sekolah] lagi libur"),
        ("dimarahin bu rina tadi", "dimarahin bu [nama] tadi"),
        ("pak budi santoso baik", "pak [nama] baik"),
        ("dodi sama kevin ngejauhin aku", "[nama] sama [nama] ngejauhin aku"),
        ("dodinya marah, kevinnn juga, DODI!", "[nama] marah, [nama] juga, [nama]!"),
        ("indah permata jahat", "[nama] jahat"),
        ("temenku indah cerita", "temenku [nama] cerita"),
        ("Indah marah sama kak bintang", "[nama] marah sama kak [nama]"),
        ("namaku bintang", "namaku [nama]"),
        ("namaku kepin, salam kenal", "namaku [nama], salam kenal"),
        ("bu siti galak, Nuraini nggak", "bu [nama] galak, [nama] nggak"),
        ("Bu Yanti guru mtk", "Bu [nama] guru mtk"),
        ("nis ku 12345", "nis ku [nomor]"),
        ("NISN saya: 0071234501", "NISN saya: [nomor]"),
        ("wa aku 0812 3456 7890 atau +62-812-3456", "wa aku [nomor] atau [nomor]"),
        ("hubungi kevin.h@mail.example", "hubungi [alamat]"),
    ],
)
def test_who_and_where_stays_here(mask: SchoolMask, said: str, sent: str) -> None:
    assert mask(said) == sent


@pytest.mark.parametrize(
    "said",
    [
        "hidupku indah kok, bintang di langit juga, dia setia",
        "jam 7 aku belajar 25 menit, skor bola 10-1",
        "soal nomor 8 b susah",
        "namaku jelek kata mereka, namaku dicoret dari daftar",
        "Bu Guru dan Pak Satpam baik",
        "kelas 11 itu berat, aku di kelas terus",
        "aku baca kisah Nabi Muhammad",
        "telepon 119 ext 8 kalau darurat",
        "bisnis 2 temanku rugi",
        "aku mau masuk sma lain",
    ],
)
def test_ordinary_words_stay(mask: SchoolMask, said: str) -> None:
    assert mask(said) == said


@pytest.mark.parametrize(
    "spelling",
    ["SMA Negeri 3 Bandung", "SMAN 3 Bandung", "sman3", "SMA 3", "sma n 3 bandung", "SMA Negeri 3"],
)
def test_a_school_with_a_number_has_short_names(cast: Cast, spelling: str) -> None:
    cast.school.name = "SMA Negeri 3 Bandung"
    cast.school.save()
    mask = SchoolMask(cast.school.pk)
    assert mask(f"aku di {spelling} ya") == "aku di [sekolah] ya"
    assert mask("sman 31 di bandung") == "sman 31 di bandung"


def test_a_school_of_another_kind_goes_by_its_whole_name() -> None:
    assert school_pattern("Sekolah Harapan Bangsa") == r"\bSekolah[\s._/-]*Harapan[\s._/-]*Bangsa\b"


def test_another_school_has_other_names(cast: Cast) -> None:
    assert SchoolMask(cast.other_school.pk)("dodi di SMA Cendekia") == "dodi di SMA Cendekia"


def test_more_people_cost_no_more_queries(cast: Cast, django_assert_num_queries: object) -> None:
    for number in range(3):
        make_student(cast.sari_class, f"Siswa Baru{number}")
    with django_assert_num_queries(3):  # type: ignore[operator]
        SchoolMask(cast.school.pk)
