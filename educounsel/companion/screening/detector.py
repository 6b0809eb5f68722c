from collections.abc import Sequence
from dataclasses import dataclass

from educounsel.companion.screening.book import rules, word_kinds
from educounsel.companion.screening.normalise import normalise
from educounsel.companion.screening.opinion import Opinion, opinion

VERSION = "rules-1+opinion-1"
LEVELS = ("none", "concern", "crisis")
# Chosen on sentences it had not learnt (training/README.md): a crisis must not be called none.
SURE_OF_CRISIS = 0.4
SURE_OF_CONCERN = 0.3
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


AFTER_CRISIS = Verdict("concern", "distress", "self", "after-crisis")


def screen(text: str, recent: Sequence[str] = ()) -> Verdict:
    """Judges a message, read together with those just before it, oldest first.

    Rules and the trained opinion may each raise the level, neither lowers what the other found.
    After a crisis a message is a concern at least: one "cuma bercanda" closes nothing.
    """
    before = [normalise(_both_ends(said)) for said in recent]
    now = normalise(_both_ends(text))
    found = max(_by_rules(before, now), _by_opinion(now), key=_gravity)
    if found.level == "none" and any(_by_opinion(said).level == "crisis" for said in before):
        return AFTER_CRISIS
    return found


def _gravity(verdict: Verdict) -> int:
    return LEVELS.index(verdict.level)


def _by_rules(before: list[str], now: str) -> Verdict:
    """What is hard to say comes in pieces: a rule may begin earlier; it must end in this one."""
    together = " ".join([*before, now])
    start = len(together) - len(now)
    uncovered = _cover(together, "over")
    words = _cover(_cover(uncovered, "denied"), "harmless")
    if crisis := _first_hit("crisis", words, start):
        return crisis
    if _first_hit("crisis", words, 0):
        return AFTER_CRISIS
    if uncovered[start:] != together[start:]:
        return Verdict("concern", "self_harm", "self", "long-past")
    return _first_hit("concern", words, start) or Verdict("none")


def _by_opinion(words: str) -> Verdict:
    """Of one message alone. A doubtful crisis is a concern."""
    likely = opinion(words)
    if likely.of("crisis") >= SURE_OF_CRISIS:
        return _verdict("crisis", likely, words)
    if 1 - likely.of("none") >= SURE_OF_CONCERN:
        return _verdict("concern", likely, words)
    return Verdict("none")


def _verdict(level: str, likely: Opinion, words: str) -> Verdict:
    category = likely.category(level)
    threat = category == "violence" or _of_another(words.split())
    return Verdict(level, category, "other" if threat else "self", "opinion")


def _of_another(said: list[str]) -> bool:
    """ "temenku nyilet", but neither "pengen mati" nor "ibu narik rambutku"."""
    named = [word for word in said if "near" in word_kinds(word) and word != "aku"]
    return bool(named) and not any(word.endswith("ku") for word in said if word not in named)


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
