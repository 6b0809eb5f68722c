"""Which texts answer a question: BM25 over words, over what they mean and what they resemble.

BM25 as in Robertson and Zaragoza (2009), in plain Python; the best are then put in order by what
they are about as well. A text gets its weights when it is added, so one comes and goes without
touching another. Nothing here knows a database or a person.
"""

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Iterator
from heapq import nlargest
from math import log

from educounsel.materi.spelling import Spelling
from educounsel.materi.subjects import Subject, commonness, nearness, parts_of, subject_of
from educounsel.materi.words import ELSEWHERE, LEXICON, meanings_in, telling, words_in

K1, B = 1.2, 0.75
# A text of so many terms is neither long nor short. Fixed: an average would move with every text.
USUAL_LENGTH = 60
# A word is not common because a small shelf holds it often, nor rare because it does not: each
# shelf counts as if it had so many texts more, on everything that guidance speaks of.
SMALLEST_SHELF, EVERYWHERE = 40, 100
# How many times a word of the title counts.
TITLE = 3
# What it weighs that a text is about what is asked, beside the words they share.
SUBJECT = 12.0
# A word counts by itself or by its best meaning; the others add so much of theirs.
BESIDE = 0.3
# Nobody reads on, and looking at a text closely costs time.
MOST_LOOKED_AT, ENOUGH = 60, 3_000

# How sure the best text must make us that the question has an answer here: by its score, less for
# the share of words that are asked elsewhere. Chosen on six sets whose words were not learnt
# (tests/materi/retrieval): rather a text too many than none where one fits.
SURE, FROM_ELSEWHERE = 2.6, 1.0
# Of the best score: what is further behind does not answer.
NEAR = 0.35
# Or a text that holds about everything asked, whatever it is. A meaning or a slip is not quite the
# word.
ALL, NOT_QUITE = 0.75, 0.8


class Index:
    def __init__(self) -> None:
        self._next = 0
        self._subjects: dict[int, Subject] = {}
        self._holders: dict[str, Holders] = {}
        self._spelling = Spelling()

    def add(self, title: str, text: str) -> int:
        """Returns the number that the text is found by."""
        number = self._next
        named, said = words_in(title), words_in(text)
        for term, strength in _strengths(named, said):
            self._holders_of(term).append(number, strength)
        self._subjects[number] = subject_of(telling(named * TITLE + said))
        self._next += 1
        return number

    def _holders_of(self, term: str) -> "Holders":
        if term not in self._holders:
            self._holders[term] = Holders()
            self._spelling.learn(term)
        return self._holders[term]

    def remove(self, number: int, title: str, text: str) -> None:
        for term, _ in _strengths(words_in(title), words_in(text)):
            self._holders[term].remove(number)
            if not self._holders[term].numbers:
                del self._holders[term]
                self._spelling.forget(term)
        del self._subjects[number]

    def best(self, question: str, among: Container[int]) -> Iterator[tuple[float, int]]:
        """Score and number of the texts that answer, the best first; none when none does."""
        asked = Question(question)
        found = self._ranked(asked, among)
        if found and self._is_sure(asked, found[0][0]):
            yield from (one for one in found if one[0] >= NEAR * found[0][0])
        else:
            yield from self._holding_all(asked, found)

    def _ranked(self, asked: "Question", among: Container[int]) -> list[tuple[float, int]]:
        scores = self._scores(asked, among)
        candidates = ((scores[number], -number) for number in scores if number in among)
        subject = parts_of(subject_of(asked.telling))
        near = (
            (score + SUBJECT * nearness(subject, self._subjects[-number]), number)
            for score, number in nlargest(MOST_LOOKED_AT, candidates)
        )
        return [(score, -number) for score, number in sorted(near, reverse=True)]

    def _scores(self, asked: "Question", among: Container[int]) -> dict[int, float]:
        """The rarest words first: where they found enough, common ones would only cost time."""
        scores: defaultdict[int, float] = defaultdict(float)
        said = [list(self._terms(word, asked)) for word in asked.words]
        for terms in sorted(said, key=self._reach):
            if len(scores) > ENOUGH and sum(number in among for number in scores) > ENOUGH:
                break
            for number, strength in self._said(terms).items():
                scores[number] += strength
        return scores

    def _reach(self, terms: list["Term"]) -> int:
        return sum(len(self._holders[term].numbers) for term, _ in terms)

    def _said(self, terms: list["Term"]) -> dict[int, float]:
        """How strongly each text says it, in one way or another. Hot: a common word is in many."""
        best: dict[int, float] = {}
        for way in self._ways_said(terms):
            if not best:
                best = way
                continue
            for number, said in way.items():
                known = best.get(number, 0.0)
                best[number] = known + BESIDE * said if said < known else said + BESIDE * known
        return best

    def _ways_said(self, terms: list["Term"]) -> Iterator[dict[int, float]]:
        for term, weight in terms:
            holders = self._holders[term]
            strengths = map((weight * self._rarity(term)).__mul__, holders.strengths)
            yield dict(zip(holders.numbers, strengths, strict=True))

    def _terms(self, word: str, asked: "Question") -> Iterator["Term"]:
        """What a word of the question says, as far as any text holds it."""
        if word in asked.telling:
            yield from ((word, 1.0),) if word in self._holders else self._alike(word)
        for meaning, clearness in asked.meanings.get(word, {}).items():
            if _meant(meaning) in self._holders:
                yield _meant(meaning), clearness

    def _alike(self, word: str) -> Iterator[tuple[str, float]]:
        """A word that is known is no slip of another."""
        return iter(()) if word in LEXICON else self._spelling.like(word)

    def _is_sure(self, asked: "Question", best: float) -> bool:
        strange = len(ELSEWHERE.intersection(asked.telling).difference(asked.meanings))
        elsewhere = strange / (1 + len(asked.telling))
        return best / log(1 + self._size) - FROM_ELSEWHERE * elsewhere >= SURE

    def _holding_all(
        self, asked: "Question", found: list[tuple[float, int]]
    ) -> Iterator[tuple[float, int]]:
        needs = self._needs(asked)
        yield from (one for one in found if _share_met(needs, one[1]) >= ALL)

    def _needs(self, asked: "Question") -> "list[Need]":
        return [(self._rarity(word), self._ways(word, asked)) for word in asked.words]

    def _ways(self, word: str, asked: "Question") -> list[tuple["Holders", float]]:
        """Who holds the word, or what it means, or what it is a slip of; and how far that goes."""
        means = [_meant(meaning) for meaning in asked.meanings.get(word, ())]
        alike = [other for other, _ in self._alike(word)]
        ways = [(word, 1.0), *((term, NOT_QUITE) for term in [*means, *alike])]
        return [(self._holders[term], part) for term, part in ways if term in self._holders]

    def _rarity(self, term: str) -> float:
        holders = self._holders.get(term)
        count = (len(holders.numbers) if holders else 0) + EVERYWHERE * commonness(term)
        return log(1 + (self._size - count + 0.5) / (count + 0.5))

    @property
    def _size(self) -> int:
        return max(len(self._subjects), SMALLEST_SHELF) + EVERYWHERE


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


# One way to say a word, and how near it comes to it.
type Term = tuple[str, float]
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
        self.meanings: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for phrase, meaning, clearness in meanings_in(said):
            for word in phrase:
                self.meanings[word][meaning] = max(clearness, self.meanings[word].get(meaning, 0.0))
        # `tidak` and `punya` say nothing each, and much together.
        self.words = list(dict.fromkeys([*self.telling, *self.meanings]))


def _strengths(named: list[str], said: list[str]) -> Iterator[tuple[str, float]]:
    bag = _bag(said)
    for term, count in _bag(named).items():
        bag[term] += TITLE * count
    dampening = K1 * (1 - B + B * sum(bag.values()) / USUAL_LENGTH)
    for term, count in bag.items():
        yield term, count * (K1 + 1) / (count + dampening)


def _bag(said: list[str]) -> defaultdict[str, float]:
    """The words and the meanings in what is said, with how often or how clearly."""
    bag: defaultdict[str, float] = defaultdict(float)
    bag.update(Counter(telling(said)))
    for _, meaning, clearness in meanings_in(said):
        bag[_meant(meaning)] += clearness
    return bag


def _meant(meaning: str) -> str:
    """With a sign that no word has, so that none is taken for what it is not."""
    return f"~{meaning}"
