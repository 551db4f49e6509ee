"""On which weekdays a person's day is over earlier, and what hours weekends have."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from services.profiler.model import Fact, PreferredStartTime
from services.profiler.traits import preferred_start_time
from tests.unit.profiler.build import believed, work, workdays

DAYS = workdays(date(2026, 9, 7), 15)
FRIDAYS = [day for day in DAYS if f"{day:%A}" == "Friday"]


SATURDAYS = [FRIDAYS[0] + timedelta(days=1 + 7 * week) for week in range(3)]


def earlier(fridays: Sequence[tuple[str, int]]) -> Mapping[str, str]:
    """The weekdays that end earlier, when all days end at 17:30 but for the work of Fridays."""
    usual = [work("16:30", 60, day=day) for day in DAYS if day not in FRIDAYS]
    last = [work(*one, day=day) for day, one in zip(FRIDAYS, fridays, strict=False)]
    return hours(*usual, *last).earlier_end


def weekend(saturdays: Sequence[tuple[str, int]], *others: Fact) -> tuple[str, str]:
    """The hours of weekends, when work was seen on so many Saturdays, and else."""
    work_of = zip(SATURDAYS, saturdays, strict=False)
    value = hours(*others, *(work(*one, day=day) for day, one in work_of))
    return value.weekend_start, value.weekend_end


def hours(*facts: Fact) -> PreferredStartTime:
    """What is believed of the hours of days."""
    value = believed(*facts)[preferred_start_time.NAME].value
    assert isinstance(value, PreferredStartTime)
    return value


def test_a_weekday_that_was_over_earlier_twice_ends_earlier() -> None:
    assert earlier([("13:00", 60)]) == {}
    assert earlier([("13:00", 60), ("13:10", 60), ("9:00", 60)]) == {"friday": "14:10"}


def test_a_weekday_that_went_on_once_ends_as_usual() -> None:
    assert earlier([("13:00", 60), ("16:00", 90), ("9:00", 60)]) == {}


def test_the_weekend_has_hours_of_its_own_once_two_of_its_days_were_over() -> None:
    weekdays = [work("09:00", 480, day=day) for day in DAYS]
    assert weekend([("10:00", 120)], *weekdays) == ("", "")
    assert weekend([("10:00", 120)] * 2, *weekdays) == ("10:00", "12:00")
    assert hours(*weekdays, work("10:00", 120, day=SATURDAYS[0])).end == "17:00"


def test_the_newest_day_of_the_weekend_may_go_on() -> None:
    assert weekend([("10:00", 120)] * 2) == ("", "")
    assert weekend([("10:00", 120), ("10:00", 120), ("9:00", 60)]) == ("10:00", "12:00")
