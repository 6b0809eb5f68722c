"""Which texts answer a question: BM25 over words, over what they mean and what they resemble.

BM25 as in Robertson and Zaragoza (2009), in plain Python. A text gets its weights when it is added,
so one comes and goes without touching another. Nothing here knows a database or a person.
"""

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Iterator
from heapq import nlargest
from math import log

from educounsel.materi.spelling import Spelling
from educounsel.materi.words import ELSEWHERE, meanings_in, telling, words_in

K1, B = 1.2, 0.75
# A text of so many terms is neither long nor short. Fixed: an average would move with every text.
USUAL_LENGTH = 80
# How many times a word of the title counts.
TITLE = 4
# How much what a word means weighs, beside the word itself.
MEANING = 2.0
# Nobody reads on, and looking whether a text answers costs time.
MOST_LOOKED_AT = 100

# The part of a question that a text must meet to be an answer to it; less of a question that speaks
# of what guidance is about, since students say the rest in words of their own.
ENOUGH, ENOUGH_IN_GUIDANCE = 0.33, 0.18
# How far a word is met by another of its meaning, and one from elsewhere by being mentioned.
BY_MEANING, BY_MENTION = 0.8, 0.35
# Beside a word of guidance: one that no text holds may be a slip, one from elsewhere is none.
UNKNOWN, FROM_ELSEWHERE = 0.6, 2.0


class Index:
    def __init__(self) -> None:
        self._size = 0
        self._next = 0
        self._holders: dict[str, Holders] = {}
        self._spelling = Spelling()

    def add(self, title: str, text: str) -> int:
        """Returns the number that the text is found by."""
        number = self._next
        for term, strength in _strengths(title, text):
            self._holders_of(term).append(number, strength)
        self._next += 1
        self._size += 1
        return number

    def _holders_of(self, term: str) -> "Holders":
        if term not in self._holders:
            self._holders[term] = Holders()
            self._spelling.learn(term)
        return self._holders[term]

    def remove(self, number: int, title: str, text: str) -> None:
        for term, _ in _strengths(title, text):
            self._holders[term].remove(number)
            if not self._holders[term].numbers:
                del self._holders[term]
                self._spelling.forget(term)
        self._size -= 1

    def best(self, question: str, among: Container[int]) -> Iterator[tuple[float, int]]:
        """Score and number of the texts that answer, the best first; none when none does."""
        asked = Question(question)
        scores = self._scores(asked)
        needs = [self._need(word, asked) for word in asked.words]
        enough = ENOUGH_IN_GUIDANCE if asked.is_guidance else ENOUGH
        candidates = ((scores[number], -number) for number in scores if number in among)
        for score, number in nlargest(MOST_LOOKED_AT, candidates):
            if _share_met(needs, -number) >= enough:
                yield score, -number

    def _scores(self, asked: "Question") -> dict[int, float]:
        scores: defaultdict[int, float] = defaultdict(float)
        for term, asked_weight in self._terms(asked):
            weight = asked_weight * self._rarity(term)
            holders = self._holders[term]
            for number, strength in zip(holders.numbers, holders.strengths, strict=True):
                scores[number] += weight * strength
        return scores

    def _terms(self, asked: "Question") -> Iterator[tuple[str, float]]:
        """What is asked, as far as any text holds it."""
        for word in asked.telling:
            yield from ((word, 1.0),) if word in self._holders else self._spelling.like(word)
        for meaning in sorted(set().union(*asked.meanings.values())):
            if _meant(meaning) in self._holders:
                yield _meant(meaning), MEANING

    def _need(self, word: str, asked: "Question") -> "Need":
        ways = self._ways(word, asked)
        known = [(self._holders[term], part) for term, part in ways if term in self._holders]
        return self._weight(word, asked), known

    def _weight(self, word: str, asked: "Question") -> float:
        if word in ELSEWHERE:
            return FROM_ELSEWHERE * self._rarity(word)
        is_known = word in self._holders or word in asked.meanings
        return (1 if is_known else UNKNOWN) * self._rarity(word)

    def _ways(self, word: str, asked: "Question") -> Iterator[tuple[str, float]]:
        """A text named for a word from elsewhere is about it; any text may mention it."""
        if word in ELSEWHERE:
            yield from ((_named_for(word), 1.0), (word, BY_MENTION))
        else:
            yield word, 1.0
            yield from ((_meant(meaning), BY_MEANING) for meaning in asked.meanings.get(word, ()))
            yield from self._spelling.like(word)

    def _rarity(self, term: str) -> float:
        holders = self._holders.get(term)
        count = len(holders.numbers) if holders else 0
        return log(1 + (self._size - count + 0.5) / (count + 0.5))


class Holders:
    """The texts that hold a term, in the order of their numbers, and how strongly each does."""

    def __init__(self) -> None:
        self.numbers: array[int] = array("I")
        self.strengths: array[float] = array("f")

    def append(self, number: int, strength: float) -> None:
        self.numbers.append(number)
        self.strengths.append(strength)

    def remove(self, number: int) -> None:
        place = bisect_left(self.numbers, number)
        del self.numbers[place], self.strengths[place]

    def __contains__(self, number: int) -> bool:
        place = bisect_left(self.numbers, number)
        return place < len(self.numbers) and self.numbers[place] == number


# What a word of a question weighs, and who meets it how far, the best way first.
type Need = tuple[float, list[tuple[Holders, float]]]


def _share_met(needs: list[Need], number: int) -> float:
    met = sum(
        weight * next((part for holders, part in ways if number in holders), 0.0)
        for weight, ways in needs
    )
    return met / sum(weight for weight, _ in needs)


class Question:
    def __init__(self, text: str) -> None:
        said = words_in(text)
        self.telling = list(dict.fromkeys(telling(said)))
        self.meanings: defaultdict[str, set[str]] = defaultdict(set)
        for phrase, meaning in meanings_in(said):
            for word in phrase:
                self.meanings[word].add(meaning)
        # `tidak` and `punya` say nothing each, and much together.
        self.words = list(dict.fromkeys([*self.telling, *self.meanings]))
        self.is_guidance = bool(self.meanings) and ELSEWHERE.isdisjoint(self.words)


def _strengths(title: str, text: str) -> Iterator[tuple[str, float]]:
    bag, named = _bag(text), _bag(title)
    for term, count in named.items():
        bag[term] += TITLE * count
    dampening = K1 * (1 - B + B * bag.total() / USUAL_LENGTH)
    for term, count in bag.items():
        yield term, count * (K1 + 1) / (count + dampening)
    yield from ((_named_for(word), 1.0) for word in ELSEWHERE.intersection(named))


def _bag(text: str) -> Counter[str]:
    said = words_in(text)
    return Counter([*telling(said), *(_meant(meaning) for _, meaning in meanings_in(said))])


# A sign that no word has, so that none is taken for what it is not.


def _meant(meaning: str) -> str:
    return f"~{meaning}"


def _named_for(word: str) -> str:
    return f"^{word}"
