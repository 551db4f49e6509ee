"""What one would do without PersonaKit: medians, histograms and slopes of what was noted."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from math import log
from statistics import NormalDist, fmean, median
from zoneinfo import ZoneInfo

import numpy as np

from clients.workbench.people import Amount, Person
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


def likeliest(facts: Sequence[Fact], person: Person, costs: Mapping[Amount, float]) -> Amount:
    """Returns the sensitivity that makes the scores likeliest, for who knows all else about the
    person: their energy at any time, how they rate it, and the three costs that there are.

    Nobody who has to learn that as well can name the right one more often in the long run.
    """
    rated = [one for one in worked(facts) if one.score is not None]
    return max(costs, key=lambda one: sum(_told(session, person, costs[one]) for session in rated))


def _told(session: WorkSession, person: Person, cost: float) -> float:
    """Returns the logarithm of how likely the score is."""
    assert session.score is not None
    at = datetime.fromtimestamp((session.start + session.end) / 2, ZoneInfo(session.zone))
    begun = datetime.fromtimestamp(session.start, ZoneInfo(session.zone)).date()
    energy, scale = person.on(begun).energy(at.hour + at.minute / 60), person.scale
    felt = NormalDist(
        scale.least + scale.range * energy - cost * (session.interruptions or 0), scale.noise
    )
    below = felt.cdf(session.score - 0.5) if session.score > 1 else 0.0
    up_to = felt.cdf(session.score + 0.5) if session.score < 5 else 1.0
    return log(max(1e-12, up_to - below))
