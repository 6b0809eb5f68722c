"""python -m educounsel.companion.screening.training: learns from corpus/ and writes the weights.

With --check nothing is written: it says whether the weights are what the corpus teaches.
"""

import sys

from educounsel.companion.screening.opinion import WEIGHTS
from educounsel.companion.screening.training.corpus import examples
from educounsel.companion.screening.training.digest import digest
from educounsel.companion.screening.training.learning import learn, packed

if __name__ == "__main__":
    learnt = digest() + packed(learn(examples()))
    if "--check" not in sys.argv:
        WEIGHTS.write_bytes(learnt)
    elif WEIGHTS.read_bytes() != learnt:
        sys.exit("The weights are not what the corpus teaches: train again.")
