"""What judging a message costs: milliseconds of one core and function calls, by length and window.

    python bench/screening.py

The messages are harmless ones of the training corpus, put together: a crisis is found sooner. The
least of twenty runs is said, as other work on the machine only ever adds.
"""

import cProfile
import pstats
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from educounsel.companion.screening import screen
from educounsel.companion.screening.training.corpus import examples

WINDOW = 5
LENGTHS = (40, 200, 600, 2000)
RUNS = 20


def main() -> None:
    chance = random.Random(5)
    small_talk = [one.text for one in examples() if one.sort == ("none", "none")]
    sys.stdout.write("letters  alone     calls   window of 5     calls\n")
    for length in LENGTHS:
        *recent, text = [_message(small_talk, length, chance) for _ in range(WINDOW)]
        alone = _cost(lambda text=text: screen(text))
        together = _cost(lambda text=text, recent=recent: screen(text, recent))
        sys.stdout.write(f"{length:7}  {alone}   {together}\n")


def _message(small_talk: list[str], length: int, chance: random.Random) -> str:
    said = ""
    while len(said) < length:
        said += chance.choice(small_talk) + chance.choice([" ", ", ", ". "])
    return said[:length]


def _cost(judge: Callable[[], object]) -> str:
    judge()
    spent = min(_seconds(judge) for _ in range(RUNS))
    profile = cProfile.Profile()
    profile.runcall(judge)
    return f"{spent * 1000:5.1f} ms  {pstats.Stats(profile).total_calls:7}"  # type: ignore[attr-defined]


def _seconds(judge: Callable[[], object]) -> float:
    started = time.process_time()
    judge()
    return time.process_time() - started


if __name__ == "__main__":
    main()
