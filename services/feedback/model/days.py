"""The person's days, and the parts of them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKS_ANALYSED = 26


def part_of_day(local: datetime) -> str:
    """Names the part of the local day: from 4 morning, 12 afternoon, 18 evening."""
    if 4 <= local.hour < 12:
        return "morning"
    return "afternoon" if 12 <= local.hour < 18 else "evening"


def local_day(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Returns the instants, in UTC, at which the local day around a moment begins and ends.

    Where the clocks skip midnight, that is the moment of the change: `fold=0` in the gap.
    """
    today = at.astimezone(zone).date()
    begins, ends = (
        datetime.combine(day, time(), zone).astimezone(UTC)
        for day in (today, today + timedelta(days=1))
    )
    return begins, ends


def iso_week(day: date) -> str:
    """Names the ISO week of a date, such as 2026-W47."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def first_week_analysed(today: date) -> date:
    """Returns the Monday with which the weeks in analytics begin."""
    return today - timedelta(days=today.weekday(), weeks=WEEKS_ANALYSED - 1)
