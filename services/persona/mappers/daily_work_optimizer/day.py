"""When the person's working day begins and ends."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.persona.mappers.daily_work_optimizer.curve import STEP, Curve, between_hours
from services.persona.model import (
    EnergyLevel,
    EnergyPatterns,
    Mindscape,
    PeakHours,
    PreferredStartTime,
)

# Until more is known: office hours with an hour's lunch.
DEFAULT_START = time(9)
DEFAULT_LENGTH = timedelta(hours=9)
SHORTEST_DAY, LONGEST_DAY = timedelta(hours=4), timedelta(hours=14)
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
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """The hours of one working day, in UTC; `goes_on` if they are cut at a midnight."""

    start_at: datetime
    end_at: datetime
    goes_on: bool = False

    def __contains__(self, moment: datetime) -> bool:
        return self.start_at <= moment < self.end_at


def working_day(mindscape: Mindscape, curve: Curve, at: datetime) -> WorkingDay | None:
    """The working day around a moment or else of its local date; None on a free weekend.

    A day that began yesterday and runs past midnight counts while it lasts.
    """
    today = at.astimezone(curve.zone).date()
    yesterdays = _day_on(today - ONE_DAY, mindscape, curve)
    if yesterdays is not None and at in yesterdays:
        return yesterdays
    return _day_on(today, mindscape, curve)


def hours_of_date(mindscape: Mindscape, curve: Curve, at: datetime) -> list[WorkingDay]:
    """The working hours of a moment's local date, in order: of the working day that began the day
    before what runs past midnight, of its own what comes before the next midnight."""
    today = at.astimezone(curve.zone).date()
    begins_at, ends_at = midnights(at, curve.zone)
    hours: list[WorkingDay] = []
    for day in (_day_on(one, mindscape, curve) for one in (today - ONE_DAY, today)):
        if day is not None:
            start_at, end_at = max(day.start_at, begins_at), min(day.end_at, ends_at)
            cut = WorkingDay(start_at, end_at, goes_on=day.end_at > ends_at)
            hours += [cut] if start_at < end_at else []
            begins_at = max(begins_at, end_at)
    return hours


def midnights(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When the local date of a moment begins and ends."""
    today = at.astimezone(zone).date()
    return _moment(today, time(), zone), _moment(today + ONE_DAY, time(), zone)


def _day_on(day: date, mindscape: Mindscape, curve: Curve) -> WorkingDay | None:
    if day.weekday() >= 5 and not _works_on_weekends(mindscape):
        return None
    levels = curve.weekend if day.weekday() >= 5 else curve.weekday
    start = _start(mindscape, levels)
    start_at = _moment(day, start, curve.zone)
    length = _length(mindscape, levels, start, _seen_end(mindscape, day))
    return WorkingDay(start_at, start_at + length)


def _works_on_weekends(mindscape: Mindscape) -> bool:
    peaks, now = mindscape.value(PeakHours), mindscape.value(EnergyLevel)
    seen = peaks is not None and bool(peaks.weekend)
    return seen or (now is not None and now.worked_minutes_today > 0)


def _moment(day: date, wall: time, zone: ZoneInfo) -> datetime:
    utc = ZoneInfo("UTC")
    return datetime.combine(day, wall, zone).astimezone(utc)


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


def _seen_end(mindscape: Mindscape, day: date) -> time | None:
    hours = mindscape.value(PreferredStartTime)
    return hours.end_on(day) if hours is not None else None


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
    minutes = (seen * trust + usual * (1 - trust)) / timedelta(minutes=5)
    return timedelta(minutes=5 * round(minutes))


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
