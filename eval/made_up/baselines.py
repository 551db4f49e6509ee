"""What one would do without PersonaKit: medians, histograms and slopes of what was noted."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from statistics import fmean, median
from zoneinfo import ZoneInfo

import numpy as np

from eval.windows import HOURS, Histogram
from services.profiler.model import CalendarEvent, Fact, WorkSession

HOUR = 3600


def worked(facts: Sequence[Fact]) -> Iterator[WorkSession]:
    """Yields the sessions among the facts."""
    return (fact for fact in facts if isinstance(fact, WorkSession))


def hours_of(facts: Sequence[Fact]) -> Histogram:
    """Returns the seconds worked by the local hour in which a session began or went on."""
    seconds = np.zeros(HOURS)
    for session in worked(facts):
        zone, at = ZoneInfo(session.zone), session.start
        while at < session.end:
            until = min(session.end, at - at % HOUR + HOUR)
            seconds[datetime.fromtimestamp(at, zone).hour] += until - at
            at = until
    return seconds


def median_minutes(facts: Sequence[Fact]) -> float:
    """Returns the median length of all sessions, cut short or not."""
    return median((one.end - one.start) / 60 for one in worked(facts))


def median_wait(facts: Sequence[Fact]) -> float:
    """Returns the median of the minutes from each meeting's end to the next session's start within
    half a day; without any, half an hour."""
    starts = sorted(one.start for one in worked(facts))
    ends = [one.end for one in facts if isinstance(one, CalendarEvent)]
    following = [[start - end for start in starts if 0 <= start - end <= 12 * HOUR] for end in ends]
    waits = [min(later) for later in following if later]
    return median(waits) / 60 if waits else 30.0


def median_start(facts: Sequence[Fact]) -> float:
    """Returns the median over days of the decimal local hour at which work began."""
    first: dict[object, float] = {}
    for session in worked(facts):
        at = datetime.fromtimestamp(session.start, ZoneInfo(session.zone))
        hour = at.hour + at.minute / 60
        first[at.date()] = min(first.get(at.date(), hour), hour)
    return median(first.values())


def interruptions(facts: Sequence[Fact]) -> float:
    """Returns the mean number of interruptions of a session."""
    return fmean(one.interruptions or 0 for one in worked(facts))


def slope(facts: Sequence[Fact]) -> float:
    """Returns how much lower the score is for every interruption, by least squares."""
    rated = [(one.interruptions or 0, one.score) for one in worked(facts) if one.score is not None]
    if not rated:
        return 0.0
    mean_x, mean_y = fmean(x for x, _ in rated), fmean(y for _, y in rated)
    squares = sum((x - mean_x) ** 2 for x, _ in rated)
    products = sum((x - mean_x) * (y - mean_y) for x, y in rated)
    return -products / squares if squares else 0.0
