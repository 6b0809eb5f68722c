"""The one judge of a message: local, deterministic, without a network, in a few milliseconds."""

from educounsel.companion.screening.detector import VERSION, Verdict, screen

__all__ = ["VERSION", "Verdict", "screen"]
