"""The judge of a message, on sentences written for it: half of them only sound dangerous."""

import json
import time
from pathlib import Path

import pytest

from educounsel.companion.screening import screen
from educounsel.companion.screening.normalise import normalise
from educounsel.companion.screening.opinion import DIGEST_SIZE, WEIGHTS, opinion
from educounsel.companion.screening.reading import _explained
from educounsel.companion.screening.training import crossing
from educounsel.companion.screening.training.corpus import examples, variants
from educounsel.companion.screening.training.digest import digest
from educounsel.companion.screening.training.learning import learn, packed

CASES = Path(__file__).parent / "screening_cases.jsonl"
SENTENCES = [json.loads(line) for line in CASES.read_text().splitlines()]


@pytest.mark.parametrize("case", SENTENCES, ids=[case["text"][:40] for case in SENTENCES])
def test_a_sentence_is_judged_as_a_person_would(case: dict[str, str]) -> None:
    assert screen(case["text"]).level == case["label"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("gw pgn m4t111 aja", "aku mau mati aja"),
        ("b u n u h   d i r i", "bunuh diri"),
        ("m.a.t.i", "mati"),
        ("b u n d 1 r", "bunuh diri"),
        ("m 4 t i", "mati"),
        ("she cuts herself", "dia self harm"),
        ("bu\u200bnuh d\u00adiri", "bunuh diri"),
        ("aneh2 bgt", "aneh banget"),
        ("CAPEK. Udah", "capek | udah"),
        ("bund1r", "bunuh diri"),
        ("panjang sekali " * 30, "panjang sekali"),
    ],
)
def test_a_hundred_spellings_become_one(written: str, read: str) -> None:
    assert normalise(written) == read


@pytest.mark.parametrize(
    "text",
    ["mati lampu, jadi pengen mati aja", "tugas tentang bunuh diri bikin aku pengen bunuh diri"],
)
def test_a_harmless_phrase_hides_no_second_hit(text: str) -> None:
    assert screen(text).level == "crisis"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_small_talk_drowns_no_crisis(place: int) -> None:
    talk = ["kemarin nonton bola sama kakak seru banget", "besok ada ulangan biologi bab sel"] * 2
    talk.insert(2 * place, "aku udah siapin tali di kamar")
    assert screen(", ".join(talk)).level == "crisis"


@pytest.mark.parametrize("place", [0, 7, 15, 22, 29])
def test_nowhere_in_a_long_message_is_a_crisis_overlooked(place: int) -> None:
    talk = ["besok aku piket bareng sekelas dan latihan paduan suara di aula"] * 30
    talk.insert(place, "papa tiri nyodok perutku pake gagang pel")
    assert screen(". ".join(talk)[:2000]).level == "crisis"


def test_it_says_whose_danger_and_by_which_rule() -> None:
    verdict = screen("gue bakal bawa pisau besok buat dia")
    assert (verdict.category, verdict.danger_to, verdict.rule) == ("violence", "other", "weapon")


@pytest.mark.parametrize(
    "text", ["", " ", "🙂" * 500, "a " * 50_000, "mau " * 30_000, "ga mau aku " * 9_000, "\0\n|"]
)
def test_no_text_holds_it_up(text: str) -> None:
    started = time.process_time()
    screen(text)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "text", ["mama tiri nyodok perutku pake gagang pel", "wali asrama nyuruh aku tidur di kamarnya"]
)
def test_the_opinion_raises_what_no_rule_names(text: str) -> None:
    verdict = screen(text)
    assert (verdict.level, verdict.rule, verdict.danger_to) == ("crisis", "opinion", "self")


@pytest.mark.parametrize(
    ("text", "whose"),
    [("temenku nyilet lagi di toilet", "other"), ("pengen mokad aja capek hidup", "self")],
)
def test_the_opinion_says_whose_danger(text: str, whose: str) -> None:
    assert _explained("crisis", opinion(normalise(text)), normalise(text)).danger_to == whose


def test_the_shipped_weights_were_learnt_from_this_corpus_by_this_code() -> None:
    """`python -m educounsel.companion.screening.training --check` learns again and compares."""
    shipped = WEIGHTS.read_bytes()
    assert shipped[:DIGEST_SIZE] == digest(), "train again"
    assert len(shipped) < 500_000


def test_who_learns_the_same_twice_knows_the_same() -> None:
    some = [one for one in examples() if one.hand == "batch_e"]
    assert packed(learn(some)) == packed(learn(some))


def test_crossing_judges_a_hand_that_was_not_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    some = [one for one in examples() if one.hand in ("batch_d", "batch_e")]
    monkeypatch.setattr(crossing, "examples", lambda: some)
    judged = crossing.crossed("batch_e")
    assert [one.text for one in judged] == [one.text for one in some if one.hand == "batch_e"]
    right = sum(one.label == one.verdict.level for one in judged)
    assert len(judged) / 3 < right < len(judged)  # not by chance, nor by heart


def test_the_corpus_repeats_no_sentence_under_another_label() -> None:
    sorts: dict[str, set[tuple[str, str]]] = {}
    for one in examples():
        sorts.setdefault(one.text, set()).add(one.sort)
    assert [text for text, said in sorts.items() if len(said) > 1] == []


def test_a_line_with_choices_stands_for_several_sentences() -> None:
    assert set(variants("mati {gaya|lampu}")) == {"mati gaya", "mati lampu"}
