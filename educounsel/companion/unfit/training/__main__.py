"""python -m educounsel.companion.unfit.training: learns from corpus/ and writes the weights.

With --check nothing is written: it says whether the weights are what the corpus teaches.
"""

import sys

from educounsel.companion.unfit.opinion import WEIGHTS
from educounsel.companion.unfit.training.learning import learn, packed
from educounsel.companion.unfit.training.lessons import digest, lessons

if __name__ == "__main__":
    learnt = digest() + packed(learn(lessons()))
    if "--check" not in sys.argv:
        WEIGHTS.write_bytes(learnt)
    elif WEIGHTS.read_bytes() != learnt:
        sys.exit("The weights are not what the corpus teaches: train again.")
