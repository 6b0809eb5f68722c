"""Judges one normalised text: by the trained opinion, as a whole and by passages, and by rules."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from educounsel.companion.screening.book import Rule, every_rule, matching, rules, word_kinds
from educounsel.companion.screening.opinion import Opinion, opinion

VERSION = "rules-3+opinion-5"
LEVELS = ("none", "concern", "crisis")
# Rules that were right 94 times in 100 or more on hands nobody had fitted them to, and a plain
# wish to die (89), which no idiom in the same message may hide.
# The others are evidence, which the opinion weighs.
DECIDE_ALONE = frozenset(
    {
        "wish-to-die",
        "unafraid-of-death",
        "not-being",
        "not-waking",
        "hoping-for-accident",
        "joining-the-dead",
        "plan",
        "relief-by-pain",
        "sexual-assault",
        "forced-sex",
        "sextortion",
        "cry-for-help",
    }
)
# Chosen on sentences it had not learnt (training/README.md): a crisis must not be called none.
SURE_OF_CRISIS = 0.5
SURE_OF_CONCERN = 0.22
# A part of a message, or several messages read as one, must say it more plainly.
SURE_OF_PART = 0.8
# A part or a rule that finds a crisis where the whole of a short message speaks against it, as in
# "lirik 'ingin mati' itu lagu siapa", finds a concern.
SPEAKS_AGAINST, SHORT = 0.25, 30
# Small talk drowns a serious half sentence: a long message is also read by passages of so many
# words, which overlap.
PASSAGE, STEP = 10, 5
MOST_PASSAGES = 40
# In between, passages are read where a rule finds something: so many of each, so many letters wide.
MOST_HITS, AROUND = 3, 80
# Of the whole of a longer one the first and the last are read; rules read everything.
MOST_WORDS = 60
COVERED = "_"


@dataclass(frozen=True)
class Verdict:
    """`level` is none, concern or crisis; `danger_to` is self or other, empty where nobody is."""

    level: str
    category: str = "none"
    danger_to: str = ""
    rule: str = ""
    detector_version: str = VERSION


NOTHING = Verdict("none")


def alone(words: str) -> Verdict:
    """Of one message, also by its passages."""
    heard = matching(words, every_rule())
    whole = opinion(_both_ends(words), heard)
    found = [by_rule(words), *(_part(passage, heard) for passage in _passages(words))]
    return gravest([_of_whole(whole, words), *(_weighed(one, whole, words) for one in found)])


def at_a_glance(words: str) -> Verdict:
    """Of one message, without its passages."""
    whole = opinion(_both_ends(words))
    return gravest([_of_whole(whole, words), _weighed(by_rule(words), whole, words)])


def completed(words: str) -> Verdict:
    """Of several messages read as one, where they mean a crisis."""
    found = _part(words)
    return found if found.level == "crisis" else NOTHING


def crossing(begun: str, ended: str) -> Verdict:
    """What a rule finds that begins in earlier messages and ends in the last."""
    words = f"{begun} {ended}"
    found = by_rule(words, len(begun))
    return _weighed(found, opinion(words), words) if found.level == "crisis" else NOTHING


def far_inside(words: str) -> Verdict:
    """Of what lies between the ends of a very long text: by rules, and by the passages where any
    of them finds something."""
    return gravest([by_rule(words), *map(completed, _around_hits(words))])


def gravest(verdicts: Sequence[Verdict]) -> Verdict:
    """The first one of the highest level."""
    return max(verdicts, key=lambda verdict: LEVELS.index(verdict.level))


def _of_whole(whole: Opinion, words: str) -> Verdict:
    return as_verdict(whole, words, SURE_OF_CRISIS, SURE_OF_CONCERN)


def _part(words: str, heard: list[Rule] | None = None) -> Verdict:
    return as_verdict(opinion(words, heard), words, SURE_OF_PART, SURE_OF_PART)


def _weighed(found: Verdict, whole: Opinion, words: str) -> Verdict:
    """What a rule or a part found, in the light of the whole."""
    spoken_against = whole.of("crisis") < SPEAKS_AGAINST and len(words.split()) <= SHORT
    if found.level == "crisis" and spoken_against:
        return _explained("concern", whole, words)
    return found


def _both_ends(words: str) -> str:
    return " ".join(_ends(words.split(), MOST_WORDS))


def _ends(said: list[str], most: int) -> list[str]:
    return said if len(said) <= most else said[: most // 2] + said[-most // 2 :]


def _passages(words: str) -> list[str]:
    """The longer the message, the less they overlap; of one that is too long, those of the ends and
    those where a rule finds something."""
    every = words.split()
    said = _ends(every, MOST_PASSAGES * PASSAGE)
    step = max(STEP, len(said) // MOST_PASSAGES)
    starts = range(0, len(said) - STEP, step) if len(said) > PASSAGE else ()
    hits = _around_hits(words) if len(said) < len(every) else ()
    return [*(" ".join(said[start : start + PASSAGE]) for start in starts), *hits]


def _around_hits(words: str) -> Iterator[str]:
    """A few of each rule."""
    for rule in rules("crisis"):
        for hit in islice(rule.pattern.finditer(f" {words}"), MOST_HITS):
            before = words[max(hit.start() - AROUND, 0) : hit.start()].split()[-STEP:]
            after = words[hit.start() : hit.end() + AROUND].split()[:PASSAGE]
            yield " ".join([*before, *after])


def as_verdict(
    likely: Opinion, words: str, sure_of_crisis: float, sure_of_concern: float
) -> Verdict:
    """A doubtful crisis is a concern."""
    if likely.of("crisis") >= sure_of_crisis:
        return _explained("crisis", likely, words)
    if 1 - likely.of("none") >= sure_of_concern:
        return _explained("concern", likely, words)
    return NOTHING


def _explained(level: str, likely: Opinion, words: str) -> Verdict:
    """By a rule that says the same, where there is one."""
    category = likely.category(level)
    another = "other" if _of_another(words.split()) else "self"
    for rule in _hits(rules(level), words):
        if rule.category == category:
            return rule if category == "violence" else replace(rule, danger_to=another)
    return Verdict(level, category, "other" if category == "violence" else another, "opinion")


def _of_another(said: list[str]) -> bool:
    """ "temenku nyilet", but neither "pengen mati" nor "ibu narik rambutku"."""
    named = [word for word in said if "near" in word_kinds(word) and word != "aku"]
    return bool(named) and not any(word.endswith("ku") for word in said if word not in named)


def by_rule(words: str, across: int | None = None) -> Verdict:
    """What a rule that decides alone found; `across`: on both sides of that space."""
    deciding = [rule for rule in rules("crisis") if rule.name in DECIDE_ALONE]
    return next(_hits(deciding, words, across), NOTHING)


def _hits(asked: list[Rule], words: str, across: int | None = None) -> Iterator[Verdict]:
    """What each rule found; what only sounds dangerous is covered."""
    heard = matching(words, asked)
    if not heard:
        return  # most messages: there is nothing to cover
    spaced = f" {words}"
    for kind in ("over", "denied", "harmless"):
        spaced = _cover(spaced, kind)
    for rule in heard:
        hits = rule.pattern.finditer(spaced)
        if any(across is None or hit.start() <= across < hit.end() - 1 for hit in hits):
            yield Verdict(rule.kind, rule.category, rule.danger_to, rule.name)


def _cover(spaced: str, kind: str) -> str:
    """Letter for letter, so that places stay where they were."""
    for rule in rules(kind):
        spaced = rule.pattern.sub(_covered, spaced)
    return spaced


def _covered(found: re.Match[str]) -> str:
    return " " + COVERED * (len(found.group()) - 1)
