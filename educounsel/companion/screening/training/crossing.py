"""python -m educounsel.companion.screening.training.crossing HAND…: how it judges strangers.

Learns without one file of corpus/ and measures the opinion, by the detector's thresholds, on that
file: `HAND` is its name without ".txt". A minute for each. Choices are made by these figures.
"""

import json
import sys

from educounsel.companion.management.commands.evaluate_screening import Judged, figures
from educounsel.companion.screening.features import features
from educounsel.companion.screening.normalise import normalise
from educounsel.companion.screening.opinion import Table, unpacked, weighed
from educounsel.companion.screening.reading import SURE_OF_CONCERN, SURE_OF_CRISIS, as_verdict
from educounsel.companion.screening.training.corpus import Example, examples
from educounsel.companion.screening.training.learning import learn, packed


def crossed(hand: str) -> list[Judged]:
    """What is said of that hand's sentences after learning from all the others."""
    table = unpacked(packed(learn([one for one in examples() if one.hand != hand])))
    return [_judged(one, table) for one in examples() if one.hand == hand]


def _judged(one: Example, table: Table) -> Judged:
    words = normalise(one.text)
    likely = weighed(features(words), table)
    verdict = as_verdict(likely, words, SURE_OF_CRISIS, SURE_OF_CONCERN)
    return Judged(one.text, one.sort[0], verdict, milliseconds=0.0)


if __name__ == "__main__":
    for hand in sys.argv[1:]:
        sys.stdout.write(f"{hand} {json.dumps(figures(crossed(hand)))}\n")
