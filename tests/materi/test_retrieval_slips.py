import pytest

from educounsel.materi.slips import Slips

SLIPS = Slips(
    ["barani", "berani", "ujian", "jurusan", "tidur", "sedih", "cerita", "ceria", "teman"]
)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("ujain", "ujian"),
        ("jurusn", "jurusan"),
        ("tidurr", "tidur"),
        ("jurasan", "jurusan"),
        ("jruusna", None),
        ("kedih", None),
        ("temn", "teman"),
        ("brni", None),
        ("crta", "cerita"),
        ("crt", None),
        ("cerira", None),
        ("123456", None),
        ("", None),
    ],
)
def test_one_slip_or_lost_vowels_are_seen_and_a_doubt_is_left_alone(
    typed: str, word: str | None
) -> None:
    assert SLIPS.meant_by(typed) == word
