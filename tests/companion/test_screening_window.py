"""Messages read together with those before them: what is hard to say comes in pieces."""

from itertools import pairwise

import pytest

from educounsel.companion.screening import reading, screen
from educounsel.companion.screening.opinion import Opinion, opinion

SMALL_TALK = "besok aku piket bareng sekelas terus latihan paduan suara di aula sama kakak kelas "
LONG = (SMALL_TALK * 30)[:2000]
DANGER = "aku pengen mati aja"


def test_a_rule_may_begin_in_an_earlier_message_and_must_end_in_this_one() -> None:
    assert screen("mati aja", ["hari ini kacau", "aku pengen"]).level == "crisis"
    assert screen("makasih ya", ["hari ini kacau", "aku pengen"]).level != "crisis"


def test_a_message_completes_what_earlier_ones_began() -> None:
    pieces = ["kemarin nilai jelek", "terus bapak", "ngambil sabuk", "aku dihajar sampe lebam"]
    assert screen(pieces[-1], pieces[:-1]).level == "crisis"
    assert screen("udah gitu aja", ["besok libur", "jadi ke mall?"]).level == "none"


@pytest.mark.parametrize("before", [[], [LONG], [LONG, "eh tau ga"]])
def test_long_messages_before_hide_no_pieces(before: list[str]) -> None:
    assert screen("mati aja", [*before, "hari ini kacau", "aku pengen"]).level == "crisis"


def test_a_long_message_may_begin_what_the_next_one_ends() -> None:
    assert screen("mati aja", [f"{LONG}. hari ini kacau. aku pengen"]).level == "crisis"


def test_a_long_message_may_end_what_an_earlier_one_began() -> None:
    assert screen(f"mati aja. {LONG}", ["aku pengen"]).level == "crisis"


@pytest.mark.parametrize(
    "text",
    [
        "cuma bercanda kok",
        "makasih ya",
        "ga jadi deh, aku gapapa",
        "itu tadi buat tugas drama",
        "wkwk prank, pr mtk halaman berapa?",
        "lupain aja. ulangan sejarah bab berapa ya",
        "aku baik2 aja kok, tugas kimia nomor berapa?",
    ],
)
def test_nothing_unsays_a_crisis(text: str) -> None:
    assert screen(text, [DANGER]).level != "none"
    assert screen(text, ["halo", DANGER, "besok libur"]).level != "none"
    assert screen("makasih ya", ["mati lampu di rumah"]).level == "none"


@pytest.mark.parametrize(
    "text",
    [
        "soal mtk nomor 3 gimana caranya?",
        "tugas bindo dikumpulin kapan ya bu",
        "jelaskan fotosintesis dong, apa bedanya sama respirasi",
    ],
)
def test_a_question_about_school_is_no_concern_even_then(text: str) -> None:
    assert screen(text, [DANGER]).level == "none"
    assert screen(f"{text}. aku udah siapin talinya", [DANGER]).level == "crisis"


def test_a_crisis_before_is_found_again_in_each_window() -> None:
    said = [DANGER, "hm", "iya", "ok", "besok libur"]
    assert [screen(now, said[:place]).level for place, now in enumerate(said)] == [
        "crisis",
        *["concern"] * 4,
    ]


def test_what_is_read_does_not_grow_with_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time is measured in bench/screening.py; here: how many words the opinion looks at."""
    read: list[int] = []

    def counting(words: str, *heard: object) -> Opinion:
        read.append(len(words.split()))
        return opinion(words, *heard)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "opinion", counting)
    costs = []
    for window in range(5):
        screen(LONG, [LONG] * window)
        costs.append((len(read), sum(read)))
        read.clear()
    assert costs[0] <= (44, 530)
    assert all(more[0] - less[0] <= 1 for less, more in pairwise(costs))
    assert all(more[1] - less[1] <= reading.MOST_WORDS for less, more in pairwise(costs))


@pytest.mark.parametrize("letters", [2_000, 6_000, 15_000, 300_000])
@pytest.mark.parametrize("danger", [DANGER, "gw mau gantung diri", "aku mau minum racun tikus"])
def test_danger_in_the_middle_of_a_long_text_is_read(letters: int, danger: str) -> None:
    around = SMALL_TALK * (letters // len(SMALL_TALK))
    assert screen(f"{around}. {danger}. {around}").level == "crisis"


@pytest.mark.parametrize("place", range(9_980, 10_020, 5))
def test_nothing_is_cut_in_two_where_the_end_of_a_long_text_is(place: int) -> None:
    text = (SMALL_TALK * 400)[: place - len(DANGER)] + f". {DANGER}. " + SMALL_TALK * 400
    assert screen(text).level == "crisis"


def test_a_long_text_without_danger_is_no_crisis() -> None:
    assert screen(SMALL_TALK * 400).level != "crisis"
