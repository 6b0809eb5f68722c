"""Of telephone numbers only the school's own are shown, however a model writes others."""

import pytest

from educounsel.companion.dialling import UNKNOWN, known_numbers_only, numbers_of
from educounsel.schools.models import HelpContact
from tests.cast import Cast

KNOWN = frozenset({"119", "1198", "129", "08111129129", "110"})


@pytest.mark.parametrize(
    "text",
    [
        "Hubungi 119 ext 8 kalau tidak aman.",
        "Telepon 129, atau WA 08111-129-129.",
        "WA +62 811 1129 129 juga bisa.",
        "Belajar jam 08.00-09.00, istirahat 5 menit.",
        "Kuliah butuh Rp 1.500.000 dan tahun 2026 ada 365 hari.",
        "Kerjakan nomor 12 dan nomor 3 dulu.",
        "Tanggal 24-11-2026 ujian, 01-02-2027 libur.",
    ],
)
def test_known_numbers_hours_sums_and_years_stay(text: str) -> None:
    assert known_numbers_only(text, KNOWN, is_whole=True) == text


@pytest.mark.parametrize(
    "invented",
    [
        "Hubungi 0812-3456-7890 ya.",
        "Hubungi nomor 0812 3456 7890 ya.",
        "Hubungi +62 812 3456 7890 ya.",
        "Hubungi (021) 500 454 ya.",
        "Hubungi 1500-771 ya.",
        "Hubungi 118 ya.",
        "Hubungi 0.8.1.2.3.4.5.6.7.8 ya.",
    ],
)
def test_an_invented_number_gives_way_to_the_button(invented: str) -> None:
    assert known_numbers_only(invented, KNOWN, is_whole=True) == f"Hubungi {UNKNOWN} ya."


def test_no_beginning_of_a_number_is_ever_shown() -> None:
    text = "Hubungi 0812-3456-7890 ya."
    for end in range(len(text)):
        grown = known_numbers_only(text[:end], KNOWN, is_whole=False)
        assert not any(sign.isdigit() for sign in grown)


def test_the_numbers_are_those_that_the_school_shows(cast: Cast) -> None:
    school = cast.sari.school_id
    HelpContact.objects.filter(school_id=school).delete()
    facts = {"school_id": school, "source": "uji", "position": 1}
    HelpContact.objects.create(**facts, name="A", number="119 ext 8", dial="119,8", is_shown=True)
    HelpContact.objects.create(**facts, name="B", number="1500-771", dial="1500771", is_shown=False)
    assert numbers_of(school) == {"119", "1198"}
