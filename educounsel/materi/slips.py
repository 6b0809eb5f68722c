"""Words typed with one slip of the finger: `ujain` for `ujian`, `kecandan` for `kecanduan`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

# Another short word is too often just one letter away.
SHORTEST = 5


class Slips:
    """Knows a word by what is left of it without one of its letters, so that a look is quick."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_rest: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(words):
            if len(word) >= SHORTEST:
                for rest in {word, *_rests(word)}:
                    self._by_rest[rest].append(word)

    def meant_by(self, typed: str) -> str | None:
        """The one word that is a slip away; None when there is none, or when it may be several."""
        if len(typed) < SHORTEST or not typed.isalpha():
            return None
        near = {word for rest in {typed, *_rests(typed)} for word in self._by_rest.get(rest, ())}
        near = {word for word in near if word[0] == typed[0]}
        return near.pop() if len(near) == 1 else None


def _rests(word: str) -> Iterator[str]:
    yield from (word[:i] + word[i + 1 :] for i in range(len(word)))
