from collections.abc import Sequence
from dataclasses import dataclass

from educounsel.companion.screening.book import rules
from educounsel.companion.screening.normalise import normalise

VERSION = "rules-1"
# Of a very long text both ends are read: nothing that size is a chat message.
LONGEST_END = 10_000
COVERED = "_"


@dataclass(frozen=True)
class Verdict:
    """`level` is none, concern or crisis; `danger_to` is self or other, empty where nobody is."""

    level: str
    category: str = "none"
    danger_to: str = ""
    rule: str = ""
    detector_version: str = VERSION


def screen(text: str, recent: Sequence[str] = ()) -> Verdict:
    """Judges a message, read together with those just before it, oldest first.

    What is hard to say comes in pieces, so a rule may begin in an earlier message; it must end in
    this one. After a crisis a message is a concern at least: one "cuma bercanda" closes nothing.
    """
    before = "".join(f"{normalise(_both_ends(said))} " for said in recent)
    together, now = before + normalise(_both_ends(text)), len(before)
    uncovered = _cover(together, "over")
    words = _cover(_cover(uncovered, "denied"), "harmless")
    if crisis := _first_hit("crisis", words, now):
        return crisis
    if _first_hit("crisis", words, 0):
        return Verdict("concern", "distress", "self", "after-crisis")
    if uncovered[now:] != together[now:]:
        return Verdict("concern", "self_harm", "self", "long-past")
    return _first_hit("concern", words, now) or Verdict("none")


def _both_ends(text: str) -> str:
    if len(text) <= 2 * LONGEST_END:
        return text
    return f"{text[:LONGEST_END]}\n{text[-LONGEST_END:]}"


def _cover(words: str, kind: str) -> str:
    """Letter for letter, so that places stay where they were."""
    for rule in rules(kind):
        words = rule.pattern.sub(lambda found: COVERED * len(found.group()), words)
    return words


def _first_hit(level: str, words: str, now: int) -> Verdict | None:
    for rule in rules(level):
        if any(found.end() > now for found in rule.pattern.finditer(words)):
            return Verdict(level, rule.category, rule.danger_to, rule.name)
    return None
