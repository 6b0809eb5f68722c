from collections.abc import Iterator, Sequence

from educounsel.companion.screening.kinds import things
from educounsel.companion.screening.normalise import normalise
from educounsel.companion.screening.opinion import opinion
from educounsel.companion.screening.reading import (
    Verdict,
    alone,
    at_a_glance,
    completed,
    crossing,
    far_inside,
    gravest,
)

# Longer than this, messages are no pieces of one sentence.
MOST_TOGETHER = 30
# Nothing longer than two of these is a chat message: between its ends rules find what there is.
LONGEST_END = 10_000
# So far ends and middle overlap, so that nothing is cut in two.
OVERLAP = 500
AFTER_CRISIS = Verdict("concern", "distress", "self", "after-crisis")
# A question about school, with nothing in it that may speak of the alarm or take it back.
SCHOOL_QUESTION = {"question", "subject"}
OF_THE_ALARM = {"joking", "laugh", "negation", "stopped", "better", "hopeless", "secret", "end"}
POINTING_BACK = {
    "tadi",
    "td",
    "itu",
    "cuma",
    "kok",
    "maksud",
    "salah",
    "lupain",
    "lupakan",
    "barusan",
}
SURE_OF_NOTHING = 0.95


def screen(text: str, recent: Sequence[str] = ()) -> Verdict:
    """Judges a message, read together with those just before it, oldest first."""
    before = [normalise(_both_ends(said)) for said in recent]
    now = normalise(_both_ends(text))
    found = gravest([alone(now), far_inside(normalise(_in_between(text)))])
    if found.level == "crisis":
        return found
    alarms = [place for place, said in enumerate(before) if at_a_glance(said).level == "crisis"]
    since = before[alarms[-1] + 1 :] if alarms else before
    found = gravest([found, *_together(since, now)])
    return after_crisis(text, found) if alarms else found


def after_crisis(text: str, found: Verdict) -> Verdict:
    """After a crisis a message is a concern at least: one "cuma bercanda" closes nothing.

    Only a plain question about school is what it is.
    """
    return found if found.level != "none" or _asks_of_school(normalise(text)) else AFTER_CRISIS


def _asks_of_school(words: str) -> bool:
    said = words.split()
    kinds = {kind for thing in things(said) for kind in thing.kinds}
    about_it = kinds & OF_THE_ALARM or POINTING_BACK.intersection(said)
    asks = kinds >= SCHOOL_QUESTION and not about_it
    return asks and opinion(words).of("none") >= SURE_OF_NOTHING


def _together(before: list[str], now: str) -> Iterator[Verdict]:
    """What is hard to say comes in pieces: the last message completes what earlier ones began."""
    begun = " ".join(" ".join(before).split()[-MOST_TOGETHER:])
    ended = " ".join(now.split()[:MOST_TOGETHER])
    yield crossing(begun, ended)
    for first in range(len(before)):
        words = " ".join([*before[first:], now])
        if words.count(" ") < MOST_TOGETHER:
            yield completed(words)


def _both_ends(text: str) -> str:
    if len(text) <= 2 * LONGEST_END:
        return text
    return f"{text[:LONGEST_END]}\n{text[-LONGEST_END:]}"


def _in_between(text: str) -> str:
    return (
        text[LONGEST_END - OVERLAP : OVERLAP - LONGEST_END] if len(text) > 2 * LONGEST_END else ""
    )
