"""Which texts answer a question: BM25 over words and over pieces of words, in plain Python.

BM25 as in Robertson and Zaragoza (2009). A word counts as itself and through its pieces, which meet
its other forms and its misspellings. Nothing here knows a database or a person.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from math import log

from educounsel.materi.words import pieces_of, words_in

K1, B = 1.2, 0.75
# The part of a question's weight that a text must meet to be an answer to it.
ENOUGH = 0.3


class Index:
    def __init__(self, texts: Sequence[str]) -> None:
        bags = [_bag(text) for text in texts]
        average = sum(bag.total() for bag in bags) / len(bags) if bags else 1.0
        self._size = len(bags)
        self._numbers: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        self._weights: defaultdict[str, array[float]] = defaultdict(lambda: array("f"))
        for number, bag in enumerate(bags):
            dampening = K1 * (1 - B + B * bag.total() / average)
            for term, count in bag.items():
                self._numbers[term].append(number)
                self._weights[term].append(count * (K1 + 1) / (count + dampening))

    def best(self, question: str, among: Collection[int]) -> list[tuple[float, int]]:
        """Score and number of the texts that answer, the best first; none when none does."""
        scores: defaultdict[int, float] = defaultdict(float)
        met: defaultdict[int, float] = defaultdict(float)
        asked = _question(question)
        for term, weight in asked.items():
            rarity = weight * self._rarity(term)
            for number, strength in self._holders(term):
                scores[number] += rarity * strength
                met[number] += rarity
        enough = ENOUGH * sum(w * self._rarity(term) for term, w in asked.items())
        found = [(scores[n], n) for n in scores if n in among and met[n] >= enough]
        return sorted(found, key=lambda pair: (-pair[0], pair[1]))

    def _holders(self, term: str) -> Iterator[tuple[int, float]]:
        return zip(self._numbers.get(term, ()), self._weights.get(term, ()), strict=True)

    def _rarity(self, term: str) -> float:
        holders = len(self._numbers.get(term, ()))
        return log(1 + (self._size - holders + 0.5) / (holders + 0.5))


def _bag(text: str) -> Counter[str]:
    words = words_in(text)
    return Counter(words) + Counter(piece for word in words for piece in pieces_of(word))


def _question(text: str) -> dict[str, float]:
    """The pieces of a word weigh twice the word: what is misspelt has nothing else to be met by."""
    weights: defaultdict[str, float] = defaultdict(float)
    for word in set(words_in(text)):
        pieces = pieces_of(word)
        weights[word] += 1.0
        for piece in pieces:
            weights[piece] += 2 / len(pieces)
    return weights
