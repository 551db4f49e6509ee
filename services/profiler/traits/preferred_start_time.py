"""`work.preferred_start_time`: when the working day begins, and when it ends."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import inf, sqrt

from services.profiler.days import Day, Session
from services.profiler.localtime import clock_face
from services.profiler.memory import Memory
from services.profiler.model import Evidence, PreferredStartTime, Question, Trait
from services.profiler.traits.certainty import chance_within, shrunk
from services.profiler.traits.lengths import Length, Survival, deviation, half_middle_80, survival
from services.profiler.traits.prior import Prior
from services.profiler.traits.rule import Counting, Rule, Tally, trait

NAME = "work.preferred_start_time"
GROUP = "start"
METHOD = (
    "A little before the middle of the times at which the first work of your weekdays began (of "
    "weekends, where there are no weekdays), but for work before 04:00 that four hours of rest "
    "followed: that was the evening before. What was not noted makes a day seem to "
    "begin late, and never early. Your answer is worth 5 days. The confidence is the "
    "probability that the truth is within half an hour. The end is the middle of the times at "
    "which the last work of those days ended; the newest day says nothing: it may go on. "
    "Weekends have hours of their own once two days of them were over."
)
ENOUGH = 5
ANSWER_WORTH = 5.0
WEEKDAY, WEEKEND = "d", "e"
DAY_BREAK, A_REST = 4 * 60, 4 * 60
"""Work that begins before this minute of the day belongs to the evening before if no other follows
within so many minutes: then there was a night."""
ROUNDED_TO = 5
TOLERANCE_MINUTES = 30.0
EARLY = 0.45
"""The share of the days that begin before it: a first session that nobody noted makes a day seem
to begin late."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FEWEST, NEARLY_ALL = 2, 0.8
"""A weekday of which two or more were seen is over by the time at which nearly all of them were, if
half of all days go on for longer. Where weekdays are alike that is rare. The weekend has hours of
its own once as many of its days were seen."""
USUAL_DEVIATION, USUAL_WORTH = 24.0, 2.0
"""Minutes by which starts vary, and how many days that guess is worth. One day tells nothing of how
alike days are, so that what is measured is worth a day less than were seen."""
ERROR = 1.1
"""The standard error of the start, in those of a mean: of made-up people of all shapes, of whom
nobody is judged, what is stated is then right as often."""


def count(day: Day, tally: Tally) -> None:
    """Counts days, as "nd" on weekdays, and by the minute at which work began: "d545" is 09:05.
    Each day has a key of its own for when it ended, past midnight too, to five minutes:
    "D739573.1050"."""
    part, begun = WEEKEND if day.is_weekend else WEEKDAY, _begun(day)
    if begun:
        ended = _rounded(begun[-1].start_minute + begun[-1].minutes)
        tally.add(f"n{part}")
        tally.add(f"{part}{begun[0].start_minute}")
        tally.add(f"{part.upper()}{day.on.toordinal()}.{ended}")
        tally.saw(begun[0].fact.start)


def _begun(day: Day) -> list[Session]:
    """Returns the work that began on the day, without what belongs to the evening before."""
    begun = [one for one in day.sessions if one.starts_here]
    first = 0
    for number, one in enumerate(begun, 1):
        if one.start_minute >= DAY_BREAK:
            break
        following = begun[number].start_minute if number < len(begun) else inf
        if following - one.start_minute - one.minutes >= A_REST:
            first = number
    return begun[first:]


def fold(memory: Memory, prior: Prior) -> Trait | None:
    """Returns the start, once there is a day or an answer."""
    part = WEEKDAY if memory.n(GROUP, f"n{WEEKDAY}") else WEEKEND
    n = memory.n(GROUP, f"n{part}")
    answered = _answered(memory)
    if n == 0 and not answered:
        return None
    seen = _starts(memory, part)
    curve = survival([*seen, *answered])
    effective_n = sum(one.ended for one in seen)
    worth = effective_n + sum(one.ended for one in answered)
    alike = max(0.0, effective_n - 1)
    width = shrunk(
        deviation(survival(seen) if answered else curve), alike, USUAL_DEVIATION, USUAL_WORTH
    )
    error = ERROR * width / sqrt(worth)
    return trait(
        GROUP,
        memory,
        prior,
        PreferredStartTime(_start(curve), *_ends(memory, part), *_weekend(memory)),
        n=n,
        effective_n=effective_n,
        spread=half_middle_80(curve, worth, USUAL_DEVIATION, USUAL_WORTH),
        confidence=chance_within(TOLERANCE_MINUTES, error),
        enough=ENOUGH,
        question=Question.USUAL_START if answered else None,
    )


def _starts(memory: Memory, part: str) -> list[Length]:
    """Returns the minutes at which those days began."""
    group = memory.group(GROUP)
    return [Length(int(key[1:]), days) for key, days in group.items() if key[0] == part]


def _start(days: Survival) -> str:
    return clock_face(_rounded(days.quantile(EARLY)))


def _ends(memory: Memory, part: str) -> tuple[str, dict[str, str]]:
    """Returns when those days end, empty until one is over; and when the weekdays among them do
    that end earlier."""
    by_weekday = _ends_by_weekday(memory, part)
    if not by_weekday:
        return "", {}
    usual = _over_by([one for ends in by_weekday.values() for one in ends], 0.5)
    seen = ((name, ends) for name, ends in by_weekday.items() if len(ends) >= FEWEST)
    over = {name: _over_by(ends, NEARLY_ALL) for name, ends in seen}
    return clock_face(usual), {name: clock_face(at) for name, at in over.items() if at < usual}


def _weekend(memory: Memory) -> tuple[str, str]:
    """Returns when days of the weekend begin and end; empty until enough of them were over."""
    ends = [one for ends in _ends_by_weekday(memory, WEEKEND).values() for one in ends]
    if len(ends) < FEWEST:
        return "", ""
    return _start(survival(_starts(memory, WEEKEND))), clock_face(_over_by(ends, 0.5))


def _ends_by_weekday(memory: Memory, part: str) -> dict[str, list[tuple[int, float]]]:
    """Returns the minutes at which those days ended, each with its weight."""
    group, letter = memory.group(GROUP), part.upper()
    newest = max([key[1:] for key in group if key[0] in "DE"], default="")
    found: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for key, weight in group.items():
        if key[0] == letter and key[1:] != newest:
            ordinal, minute = key[1:].split(".")
            found[WEEKDAYS[(int(ordinal) - 1) % 7]].append((int(minute), weight))
    return found


def _over_by(ends: Iterable[tuple[int, float]], share: float) -> int:
    """Returns by when so many of the days are over."""
    weights: defaultdict[int, float] = defaultdict(float)
    for minute, weight in ends:
        weights[minute] += weight
    lengths = [Length(minute, weight) for minute, weight in weights.items()]
    return _rounded(survival(lengths).quantile(share))


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
