"""A source that was not retrieved is never claimed, however it is written."""

import pytest

from educounsel.companion.checking import shown

KNOWN = [1, 2]


@pytest.mark.parametrize(
    "invented",
    [
        r"\[7\]", "[3-5]", "[7\u20139]", "[^7]", "[bahan 7]", "[Bahan 7]", "[7;8]", "[7 dan 8]",
        "【7†source】", "【7:0†source】", "\uff3b7\uff3d", "[⁷]", "[ke-7]", "[[7]]", r"\[\[7\]\]",
        "[ 7 ]", "[\u0667]", "&#91;7&#93;", "&lbrack;7&rbrack;", "[&#55;]", "[**7**]",
        "**[7]**", "[#7]", "[sumber: WHO]", "[materi]", "[ref. 7]", "[hal. 7]",
        "[materi 7, hal. 3]", "[Santoso, 2020]", "[vii]", "(bahan 7)", "(lihat materi 7)",
        "(sumber: bahan 7)", "[bahan tujuh]", "\u30147\u3015", "[7][8]", "[7a]",
        "[bahan nomor 7]", "[①⑦]", "[catatan kaki 7]",
    ],
)  # fmt: skip
def test_what_was_not_found_is_not_cited(invented: str) -> None:
    said = shown(f"Tidur cukup {invented}. Lalu mandi.", KNOWN, is_whole=True)
    assert said.replace("**", "").replace(" .", ".") == "Tidur cukup. Lalu mandi."


@pytest.mark.parametrize(
    ("written", "cited"),
    [
        ("[1;2]", "[1] [2]"),
        ("[1 dan 2]", "[1] [2]"),
        ("[1-3]", "[1] [2]"),
        ("[^2]", "[2]"),
        ("[bahan 2]", "[2]"),
        ("(bahan 2)", "[2]"),
        ("【2†source】", "[2]"),
        ("\uff3b2\uff3d", "[2]"),
        ("[²]", "[2]"),
        ("[ke-2]", "[2]"),
        ("[[2]]", "[2]"),
        (r"\[2\]", "[2]"),
        ("[ii]", "[2]"),
    ],
)
def test_what_was_found_is_cited_in_our_way(written: str, cited: str) -> None:
    assert shown(f"Tidur cukup {written}.", KNOWN, is_whole=True) == f"Tidur cukup {cited}."
    assert shown(f"Tidur cukup {written}.", [], is_whole=True) == "Tidur cukup."


@pytest.mark.parametrize(
    "text",
    [
        "Kata dia [sic] begitu.",
        "Belajar [25 menit] lalu istirahat (5 menit).",
        "Tulis [nama tugas] di kertas.",
        "- [ ] mandi\n- [x] makan",
        "Hitung [2 + 3 = 5] pelan-pelan.",
        "Baca bahan ajarmu (materi) dulu.",
        "Istirahat sebentar (jam 7 malam) ya.",
        "Bicara dengan orang dewasa (guru, wali kelas) ya.",
    ],
)
def test_other_brackets_are_words(text: str) -> None:
    assert shown(text, KNOWN, is_whole=True) == text


def test_of_a_link_the_words_stay() -> None:
    said = shown("Baca [materi ini](https://x.example) ya.", KNOWN, is_whole=True)
    assert said == "Baca materi ini ya."


@pytest.mark.parametrize(
    "invented", ["[bahan 7]", "&#91;7&#93;", "【7†source】", "(bahan 7)", "[3-5]"]
)
def test_no_half_of_it_is_ever_seen(invented: str) -> None:
    text = f"Tidur. Cukup {invented}. Lalu mandi. Ya"
    for end in range(len(text)):
        seen = shown(text[:end], KNOWN, is_whole=False)
        assert not any(sign in seen for sign in "[【(&7†35"), seen


def test_one_that_was_cut_off_is_dropped_too() -> None:
    assert shown("Tidur cukup [7", KNOWN, is_whole=True) == "Tidur cukup"
