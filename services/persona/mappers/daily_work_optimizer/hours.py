"""The hours that a person keeps on weekdays and at weekends: seen, or presumed."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from services.persona.mappers.daily_work_optimizer.curve import STEP, Curve, between_hours
from services.persona.model import EnergyPatterns, Mindscape, PeakHours, PreferredStartTime

# Until more is known: office hours with an hour's lunch.
DEFAULT_START = time(9)
DEFAULT_LENGTH = timedelta(hours=9)
SHORTEST_DAY, LONGEST_DAY = timedelta(hours=4), timedelta(hours=14)
SHORTEST_WEEKEND = timedelta(hours=1)
# Who works full time works 8.5 hours on a weekday and 5.4 on a day of the weekend, if they do on
# either (American Time Use Survey, 2018).
WEEKEND_SHARE = 5.4 / 8.5
# The energy curve's own prior is worth ten observations: with as many, the seen end counts half.
PRIOR_WEIGHT = 10
# Ends of the day differ more between people than from day to day: two seen days say more than what
# is usual for others, and of an earlier end one does. Advice for after the day helps nobody.
LATE_ENDS_WORTH, EARLY_ENDS_WORTH = 2, 1
# An hour belongs to the day from this part of the best hours' mean level on: a little above the
# half at which a smoothed edge crosses, since the last work of a day often runs over.
ACTIVE_SHARE = 0.6
BEST_HOURS = 8
# A day has ended once it was quiet for so long; less is a break.
QUIET = timedelta(hours=2)
# The newest day may go on, so that this is one more than the days seen to end.
ENOUGH_DAYS = 4


@dataclass(frozen=True, slots=True)
class Hours:
    """From when a day is worked, local time, and for how long; `end_seen` if enough days were seen
    to end."""

    start: time
    length: timedelta
    end_seen: bool


def weekday_hours(mindscape: Mindscape, curve: Curve, day: date) -> Hours:
    """Of a weekday with that date."""
    hours = mindscape.value(PreferredStartTime)
    end = hours.end_on(day) if hours is not None else None
    seen = end is not None and mindscape.traits[PreferredStartTime.NAME].n >= ENOUGH_DAYS
    return _presumed(mindscape, curve.weekday, end, seen)


def weekend_hours(mindscape: Mindscape, curve: Curve) -> Hours:
    """Of a day of the weekend: as seen, else those of a weekday, cut."""
    hours = mindscape.value(PreferredStartTime)
    if hours is not None and hours.weekend_start is not None and hours.weekend_end is not None:
        length = _between(hours.weekend_start, hours.weekend_end)
        return Hours(hours.weekend_start, min(max(length, SHORTEST_WEEKEND), LONGEST_DAY), True)
    usual = _presumed(mindscape, curve.weekend, hours.end if hours is not None else None, False)
    return Hours(usual.start, _in_fives(WEEKEND_SHARE * usual.length), False)


def _presumed(
    mindscape: Mindscape, levels: tuple[float, ...], end: time | None, seen: bool
) -> Hours:
    start = _start(mindscape, levels)
    return Hours(start, _length(mindscape, levels, start, end), seen)


def _start(mindscape: Mindscape, levels: tuple[float, ...]) -> time:
    preferred = mindscape.value(PreferredStartTime)
    if preferred is not None:
        return preferred.start
    if EnergyPatterns.NAME in mindscape.traits:
        return time(_rise(levels))
    peaks = mindscape.value(PeakHours)
    return min(DEFAULT_START, peaks.windows[0].start) if peaks and peaks.windows else DEFAULT_START


def _rise(levels: tuple[float, ...]) -> int:
    """The first active hour after the longest quiet stretch of the circle."""
    active = _active(levels)
    best, best_quiet = DEFAULT_START.hour, 0
    for hour in range(24):
        quiet = next((back for back in range(24) if active[hour - 1 - back]), 24)
        if active[hour] and quiet > best_quiet:
            best, best_quiet = hour, quiet
    return best


def _length(
    mindscape: Mindscape, levels: tuple[float, ...], start: time, end: time | None
) -> timedelta:
    """The usual length, moved towards what days or the curve show the more was seen."""
    usual = _usual_length(mindscape, start)
    if end is not None:
        seen = min(max(_between(start, end), SHORTEST_DAY), LONGEST_DAY)
        n = mindscape.traits[PreferredStartTime.NAME].n
        worth = LATE_ENDS_WORTH if seen > usual else EARLY_ENDS_WORTH
        return _weighed(seen, usual, n / (n + worth))
    trait = mindscape.traits.get(EnergyPatterns.NAME)
    if trait is None:
        return usual
    seen = min(max(_seen_length(levels, start), SHORTEST_DAY), LONGEST_DAY)
    trust = trait.n / (trait.n + PRIOR_WEIGHT)
    return _weighed(seen, usual, trust)


def _weighed(seen: timedelta, usual: timedelta, trust: float) -> timedelta:
    return _in_fives(seen * trust + usual * (1 - trust))


def _in_fives(length: timedelta) -> timedelta:
    return timedelta(minutes=5 * round(length / timedelta(minutes=5)))


def _between(start: time, end: time) -> timedelta:
    """From the start to the end, on the next day if it is not after the start."""
    minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
    return timedelta(minutes=minutes % (24 * 60))


def _usual_length(mindscape: Mindscape, start: time) -> timedelta:
    """The default length, or to the end of the best hours: who is best at night works at night."""
    peaks = mindscape.value(PeakHours)
    if peaks is None or not peaks.windows:
        return DEFAULT_LENGTH
    until_end = _between(start, peaks.windows[0].end)
    return until_end if DEFAULT_LENGTH < until_end <= LONGEST_DAY else DEFAULT_LENGTH


def _seen_length(levels: tuple[float, ...], start: time) -> timedelta:
    """From the start to where the curve falls below the line and stays there for a while."""
    line = _line(levels)
    begin = start.hour + start.minute / 60
    length = timedelta()
    for step in range(LONGEST_DAY // STEP):
        ahead = STEP * step
        if between_hours(levels, begin + ahead / timedelta(hours=1)) > line:
            length = ahead + STEP
        elif length and ahead - length >= QUIET:
            break
    return length


def _line(levels: tuple[float, ...]) -> float:
    best = sorted(levels, reverse=True)[:BEST_HOURS]
    return ACTIVE_SHARE * sum(best) / len(best)


def _active(levels: tuple[float, ...]) -> list[bool]:
    line = _line(levels)
    return [level > line for level in levels]
