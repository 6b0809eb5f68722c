"""What a text is about: how near its words come to each meaning that guidance knows.

Explicit semantic analysis, as Gabrilovich and Markovitch (2007) do it, with the groups of
`indonesian/meanings.txt` in place of their articles: two texts are about the same when they are
near the same groups, even if they share no word. No text changes what a word means in another.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from math import log, sqrt

from educounsel.materi.words import MEANINGS, telling

# More often than this a word says nothing more about the subject.
OFTEN = 2

type Subject = array[float]


def subject_of(words: Iterable[str]) -> Subject:
    """Of length one, so that `nearness` is a cosine; all zeros when no word says anything."""
    subject = array("f", bytes(4 * len(GROUPS)))
    for word, count in Counter(words).items():
        for group, weight in WEIGHTS.get(word, ()):
            subject[group] += weight * min(count, OFTEN)
    length = sqrt(sum(part * part for part in subject)) or 1.0
    return array("f", (part / length for part in subject))


def nearness(asked: Iterable[tuple[int, float]], text: Subject) -> float:
    return sum(part * text[group] for group, part in asked)


def commonness(word: str) -> float:
    """In which share of all that guidance speaks of it is said: `teman` in many, `piket` in few."""
    return HOLDERS[word] / len(GROUPS)


def parts_of(subject: Subject) -> list[tuple[int, float]]:
    """The groups that it is near at all: few, for a question."""
    return [(group, part) for group, part in enumerate(subject) if part]


def _groups() -> list[Counter[str]]:
    """The words of each meaning, with in how many of its phrases they stand."""
    groups: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for phrase, meanings in MEANINGS.items():
        for meaning in meanings:
            groups[meaning].update(set(telling(phrase)))
    return list(groups.values())


def _weights() -> dict[str, list[tuple[int, float]]]:
    """A word of one group tells much of it; a word of many groups tells little of each."""
    weights: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, group in enumerate(GROUPS):
        for word, count in group.items():
            weight = sqrt(count) * log(1 + len(GROUPS) / HOLDERS[word])
            weights[word].append((number, weight))
    return dict(weights)


GROUPS = _groups()
HOLDERS = Counter(word for group in GROUPS for word in group)
WEIGHTS = _weights()
