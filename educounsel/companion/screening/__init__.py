"""The one judge of a message: local, deterministic, without a network, in a few milliseconds."""

from educounsel.companion.screening.detector import after_crisis, screen
from educounsel.companion.screening.reading import VERSION, Verdict

__all__ = ["VERSION", "Verdict", "after_crisis", "screen"]
