"""python -m educounsel.companion.screening.training: learns from corpus/ and writes the weights."""

from educounsel.companion.screening.opinion import WEIGHTS
from educounsel.companion.screening.training.corpus import examples
from educounsel.companion.screening.training.learning import learn, packed

WEIGHTS.write_bytes(packed(learn(examples())))
