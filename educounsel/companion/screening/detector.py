from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from educounsel.companion.screening.book import rules, word_kinds
from educounsel.companion.screening.normalise import normalise
from educounsel.companion.screening.opinion import Opinion, opinion

VERSION = "rules-2+opinion-3"
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
SURE_OF_CRISIS = 0.6
SURE_OF_CONCERN = 0.25
# A part of a message, or several messages read as one, must say it more plainly.
SURE_OF_PART = 0.8
# Small talk drowns a serious half sentence: a long message is also read by passages of so many
# words, which overlap. Of a very long one the first and the last are read; rules read everything.
PASSAGE, STEP = 10, 5
MOST_PASSAGES = 30
MOST_WORDS = 160
# Longer than this, messages are no pieces of one sentence.
MOST_TOGETHER = 30
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


NOTHING = Verdict("none")
AFTER_CRISIS = Verdict("concern", "distress", "self", "after-crisis")


def screen(text: str, recent: Sequence[str] = ()) -> Verdict:
    """Judges a message, read together with those just before it, oldest first.

    After a crisis a message is a concern at least: one "cuma bercanda" closes nothing.
    """
    before = [normalise(_both_ends(said)) for said in recent]
    now = normalise(_both_ends(text))
    alarms = [place for place, said in enumerate(before) if _at_a_glance(said).level == "crisis"]
    since = before[alarms[-1] + 1 :] if alarms else before
    found = _gravest([_alone(now), *_together(since, now)])
    return AFTER_CRISIS if alarms and found.level == "none" else found


def _gravest(verdicts: Sequence[Verdict]) -> Verdict:
    """The first one of the highest level."""
    return max(verdicts, key=lambda verdict: LEVELS.index(verdict.level))


def _alone(words: str) -> Verdict:
    """Of one message, also by its passages."""
    parts = (_read(passage, SURE_OF_PART, SURE_OF_PART) for passage in _passages(words))
    return _gravest([_at_a_glance(words), *parts])


def _at_a_glance(words: str) -> Verdict:
    """Of one message as a whole, by the opinion and by the rules that decide alone."""
    said = words.split()
    if len(said) > MOST_WORDS:
        said = said[: MOST_WORDS // 2] + said[-MOST_WORDS // 2 :]
    whole = _read(" ".join(said), SURE_OF_CRISIS, SURE_OF_CONCERN)
    return _gravest([whole, _by_rule(words)])


def _together(before: list[str], now: str) -> Iterator[Verdict]:
    """What is hard to say comes in pieces: the last message completes what earlier ones began."""
    all_said = " ".join([*before, now])
    yield _by_rule(all_said, len(all_said) - len(now))
    for first in range(len(before)):
        words = " ".join([*before[first:], now])
        if words.count(" ") < MOST_TOGETHER:
            yield _completed(words)


def _completed(words: str) -> Verdict:
    found = _read(words, SURE_OF_PART, SURE_OF_PART)
    return found if found.level == "crisis" else NOTHING


def _passages(words: str) -> list[str]:
    said = words.split()
    if len(said) <= PASSAGE:
        return []
    starts = range(0, len(said) - STEP, STEP)
    passages = [" ".join(said[start : start + PASSAGE]) for start in starts]
    half = MOST_PASSAGES // 2
    return passages if len(passages) <= MOST_PASSAGES else passages[:half] + passages[-half:]


def _read(words: str, sure_of_crisis: float, sure_of_concern: float) -> Verdict:
    return weighed(opinion(words), words, sure_of_crisis, sure_of_concern)


def weighed(likely: Opinion, words: str, sure_of_crisis: float, sure_of_concern: float) -> Verdict:
    """The opinion as a verdict; a doubtful crisis is a concern."""
    if likely.of("crisis") >= sure_of_crisis:
        return _explained("crisis", likely, words)
    if 1 - likely.of("none") >= sure_of_concern:
        return _explained("concern", likely, words)
    return NOTHING


def _explained(level: str, likely: Opinion, words: str) -> Verdict:
    """By a rule that says the same, where there is one."""
    category = likely.category(level)
    another = "other" if _of_another(words.split()) else "self"
    for rule in _hits(level, words):
        if rule.category == category:
            return rule if category == "violence" else replace(rule, danger_to=another)
    return Verdict(level, category, "other" if category == "violence" else another, "opinion")


def _of_another(said: list[str]) -> bool:
    """ "temenku nyilet", but neither "pengen mati" nor "ibu narik rambutku"."""
    named = [word for word in said if "near" in word_kinds(word) and word != "aku"]
    return bool(named) and not any(word.endswith("ku") for word in said if word not in named)


def _by_rule(words: str, start: int = 0) -> Verdict:
    """What a rule that decides alone found, ending after `start`."""
    hits = (hit for hit in _hits("crisis", words, start) if hit.rule in DECIDE_ALONE)
    return next(hits, NOTHING)


def _hits(level: str, words: str, start: int = 0) -> Iterator[Verdict]:
    """What each rule found that ends after `start`; what only sounds dangerous is covered."""
    seen = _cover(_cover(_cover(words, "over"), "denied"), "harmless")
    for rule in rules(level):
        if any(found.end() > start for found in rule.pattern.finditer(seen)):
            yield Verdict(level, rule.category, rule.danger_to, rule.name)


def _cover(words: str, kind: str) -> str:
    """Letter for letter, so that places stay where they were."""
    for rule in rules(kind):
        words = rule.pattern.sub(lambda found: COVERED * len(found.group()), words)
    return words


def _both_ends(text: str) -> str:
    if len(text) <= 2 * LONGEST_END:
        return text
    return f"{text[:LONGEST_END]}\n{text[-LONGEST_END:]}"
