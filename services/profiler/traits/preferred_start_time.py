"""`work.preferred_start_time`: when the working day begins, and when it ends."""

from collections import defaultdict
from collections.abc import Iterator

from services.profiler.days import Day, Session
from services.profiler.localtime import clock_face
from services.profiler.memory import Memory
from services.profiler.model import Evidence, PreferredStartTime, Question, Trait
from services.profiler.traits.certainty import chance_within, median_error, shrunk
from services.profiler.traits.lengths import Length, deviation, half_middle_80, survival
from services.profiler.traits.prior import Prior
from services.profiler.traits.rule import Counting, Rule, Tally, trait

NAME = "work.preferred_start_time"
GROUP = "start"
METHOD = (
    "A little before the middle of the times at which the first work of your weekdays began, from "
    "04:00 on (of weekends, where there are no weekdays): what was not noted makes a day seem to "
    "begin late, and never early. Your answer is worth 5 days. The confidence is the "
    "probability that the truth is within half an hour. The end is the middle of the times at "
    "which the last work of those days ended; the newest day says nothing: it may go on."
)
ENOUGH = 5
ANSWER_WORTH = 5.0
DAY_BREAK = 4 * 60
"""Minute of the day before which work belongs to the evening before."""
ROUNDED_TO = 5
TOLERANCE_MINUTES = 30.0
EARLY = 0.45
"""The share of the days that begin before it: a first session that nobody noted makes a day seem
to begin late."""
USUAL_DEVIATION, USUAL_WORTH = 27.0, 2.0
"""Minutes by which starts vary, and how many days that guess is worth."""


def count(day: Day, tally: Tally) -> None:
    """Counts days, as "nd" on weekdays, and by the minute at which work began: "d545" is 09:05.
    Each day has a key of its own for the minute at which it ended, past midnight too:
    "D739573.1050"."""
    part, begun = "e" if day.is_weekend else "d", _begun(day)
    if begun:
        ended = begun[-1].start_minute + begun[-1].minutes
        tally.add(f"n{part}")
        tally.add(f"{part}{begun[0].start_minute}")
        tally.add(f"{part.upper()}{day.on.toordinal()}.{ended}")
        tally.saw(begun[0].fact.start)


def _begun(day: Day) -> list[Session]:
    return [one for one in day.sessions if one.starts_here and one.start_minute >= DAY_BREAK]


def fold(memory: Memory, prior: Prior) -> Trait | None:
    """Returns the start, once there is a day or an answer."""
    part = "d" if memory.n(GROUP, "nd") else "e"
    n = memory.n(GROUP, f"n{part}")
    answered = _answered(memory)
    if n == 0 and not answered:
        return None
    seen = [
        Length(int(key[1:]), days) for key, days in memory.group(GROUP).items() if key[0] == part
    ]
    curve = survival([*seen, *answered])
    effective_n = sum(one.ended for one in seen)
    worth = effective_n + sum(one.ended for one in answered)
    width = shrunk(deviation(survival(seen)), effective_n, USUAL_DEVIATION, USUAL_WORTH)
    return trait(
        GROUP,
        memory,
        prior,
        PreferredStartTime(clock_face(_rounded(curve.quantile(EARLY))), _end(memory, part)),
        n=n,
        effective_n=effective_n,
        spread=half_middle_80(curve, worth, USUAL_DEVIATION, USUAL_WORTH),
        confidence=chance_within(TOLERANCE_MINUTES, median_error(width, worth)),
        enough=ENOUGH,
        question=Question.USUAL_START if answered else None,
    )


def _end(memory: Memory, part: str) -> str:
    """Returns when those days end; empty until one is over."""
    ends = [(key, weight) for key, weight in memory.group(GROUP).items() if key[0] in "DE"]
    newest = max((key[1:] for key, _ in ends), default="")
    weights: defaultdict[int, float] = defaultdict(float)
    for key, weight in ends:
        if key[0] == part.upper() and key[1:] != newest:
            weights[_rounded(int(key.partition(".")[2]))] += weight
    lengths = [Length(minute, weight) for minute, weight in weights.items()]
    if not lengths:
        return ""
    return clock_face(_rounded(survival(lengths).quantile(0.5)))


def _rounded(minute: float) -> int:
    return round(minute / ROUNDED_TO) * ROUNDED_TO


def _answered(memory: Memory) -> list[Length]:
    faded = memory.answers.get(Question.USUAL_START)
    if not faded:
        return []
    hours, minutes = faded.answer.text.split(":")
    return [Length(int(hours) * 60 + int(minutes), ANSWER_WORTH * faded.weight)]


def says(day: Day) -> Iterator[Evidence]:
    """Yields the first work of the day."""
    for first in _begun(day)[:1]:
        at = clock_face(first.start_minute)
        yield Evidence(first.observation_id, first.fact.start, f"the day's work began at {at}")


RULE = Rule(NAME, METHOD, Counting(GROUP, count), fold, says, (Question.USUAL_START,))
