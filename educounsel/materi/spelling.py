"""Words that are spelt alike: they share pieces of four letters, as `jurusn` and `jurusan` do."""

from collections import Counter, defaultdict
from collections.abc import Iterator

# Of the pieces of both; with less it is another word.
ALIKE = 0.4
PIECE = 4


class Spelling:
    def __init__(self) -> None:
        self._words: defaultdict[str, set[str]] = defaultdict(set)

    def learn(self, word: str) -> None:
        for piece in _pieces(word):
            self._words[piece].add(word)

    def forget(self, word: str) -> None:
        for piece in _pieces(word):
            self._words[piece].discard(word)

    def like(self, word: str) -> Iterator[tuple[str, float]]:
        """Other words and how alike they are: 1.0 would be the same."""
        pieces = _pieces(word)
        shared = Counter(other for piece in pieces for other in self._words.get(piece, ()))
        for other, count in shared.items():
            likeness = 2 * count / (len(pieces) + len(_pieces(other)))
            if likeness >= ALIKE and other != word:
                yield other, likeness


def _pieces(word: str) -> set[str]:
    framed = f"_{word}_"
    return {framed[i : i + PIECE] for i in range(len(framed) - PIECE + 1)}
