"""When the person's working day begins and ends."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.persona.mappers.daily_work_optimizer.curve import Curve
from services.persona.mappers.daily_work_optimizer.hours import Hours, weekday_hours, weekend_hours
from services.persona.model import EnergyLevel, Mindscape, PeakHours

ONE_DAY = timedelta(days=1)
FIRST_OF_WEEKEND = 5


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """The hours of one working day, in UTC; `goes_on` if they are cut at a midnight, `end_seen` if
    enough such days were seen to end."""

    start_at: datetime
    end_at: datetime
    goes_on: bool = False
    end_seen: bool = False

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
    hours = _hours_on(day, mindscape, curve)
    if hours is None:
        return None
    start_at = _moment(day, hours.start, curve.zone)
    return WorkingDay(start_at, start_at + hours.length, end_seen=hours.end_seen)


def _hours_on(day: date, mindscape: Mindscape, curve: Curve) -> Hours | None:
    if day.weekday() < FIRST_OF_WEEKEND:
        return weekday_hours(mindscape, curve, day)
    return weekend_hours(mindscape, curve) if _works_on_weekends(mindscape) else None


def _works_on_weekends(mindscape: Mindscape) -> bool:
    peaks, now = mindscape.value(PeakHours), mindscape.value(EnergyLevel)
    seen = peaks is not None and bool(peaks.weekend)
    return seen or (now is not None and now.worked_minutes_today > 0)


def _moment(day: date, wall: time, zone: ZoneInfo) -> datetime:
    utc = ZoneInfo("UTC")
    return datetime.combine(day, wall, zone).astimezone(utc)
