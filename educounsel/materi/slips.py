"""Words typed in haste: with one slip, `ujain` for `ujian`, or without vowels, `klrga`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

# Another short word is too often just one letter away.
SHORTEST = 5
# With less it may be left of too many words: `blg` of `bilang` and of `balig`.
LEAST_LETTERS, LEAST_CONSONANTS = 4, 3
VOWELS = str.maketrans("", "", "aeiou")


class Slips:
    """Knows a word by what is left of it without one of its letters, so that a look is quick."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_rest: defaultdict[str, list[str]] = defaultdict(list)
        self._by_consonants: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(words):
            self._by_consonants[word.translate(VOWELS)].append(word)
            if len(word) >= SHORTEST:
                for rest in {word, *_rests(word)}:
                    self._by_rest[rest].append(word)

    def meant_by(self, typed: str) -> str | None:
        """The one word that it may be; None when there is none, or when it may be several."""
        return self._with_its_vowels(typed) or self._without_the_slip(typed)

    def _with_its_vowels(self, typed: str) -> str | None:
        consonants = typed.translate(VOWELS)
        if len(typed) < LEAST_LETTERS or len(consonants) < LEAST_CONSONANTS:
            return None
        alike = self._by_consonants.get(consonants, ())
        fuller = [word for word in alike if len(word) > len(typed) and _is_left_of(typed, word)]
        return fuller[0] if len(fuller) == 1 else None

    def _without_the_slip(self, typed: str) -> str | None:
        if len(typed) < SHORTEST or not typed.isalpha():
            return None
        near = {word for rest in {typed, *_rests(typed)} for word in self._by_rest.get(rest, ())}
        near = {word for word in near if word[0] == typed[0]}
        return near.pop() if len(near) == 1 else None


def _rests(word: str) -> Iterator[str]:
    yield from (word[:i] + word[i + 1 :] for i in range(len(word)))


def _is_left_of(typed: str, word: str) -> bool:
    """All letters of `typed` stand in `word` in their order, and both begin alike."""
    letters = iter(word)
    return typed[0] == word[0] and all(letter in letters for letter in typed)
