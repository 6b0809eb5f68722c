"""What no model may say to a child, however it was talked into it.

People keep a list of what must never pass (patterns.txt); a small trained opinion knows the same
things in other words (opinion.py); and what neither can read does not pass at all (reading.py).
"""

from functools import lru_cache

from educounsel.companion.unfit.opinion import likely_unfit
from educounsel.companion.unfit.patterns import is_listed, names_medicine
from educounsel.companion.unfit.reading import is_readable, plain
from educounsel.companion.unfit.reciting import recites_rules

# Chosen on sentences of strangers (training/README.md). While a sentence grows less is asked, and
# it waits: nobody knows yet how it ends. What is listed passes only where the opinion is sure.
UNFIT, DOUBTFUL, SURELY_FIT = 0.6, 0.45, 0.15
# Of one or two words nothing can be said, nor of short sentences that make so few together.
FEW, FEW_TOGETHER = 3, 6


# Asked for a whole answer each time that it grows: only its last sentence is new.
@lru_cache(maxsize=2048)
def is_unfit(sentence: str) -> bool:
    words = plain(sentence)
    if names_medicine(words) or recites_rules(words) or not is_readable(sentence):
        return True
    return _says_unfit(words)


@lru_cache(maxsize=2048)
def is_unfit_together(sentences: tuple[str, ...]) -> bool:
    """Of sentences in a row, each of which may pass by itself."""
    words = plain(" ".join(sentences))
    return len(words.split()) >= FEW_TOGETHER and _says_unfit(words)


def _says_unfit(words: str) -> bool:
    if is_listed(words):
        return likely_unfit(words) >= SURELY_FIT
    return len(words.split()) >= FEW and likely_unfit(words) >= UNFIT


@lru_cache(maxsize=2048)
def is_doubtful(begun: str) -> bool:
    """Of the beginning of a sentence."""
    words = plain(begun)
    if is_listed(words) or is_unfit(begun):
        return True
    return len(words.split()) >= FEW and likely_unfit(words) >= DOUBTFUL
