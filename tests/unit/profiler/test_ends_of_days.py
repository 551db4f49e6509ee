"""On which weekdays a person's day is over earlier."""

from collections.abc import Mapping, Sequence
from datetime import date

from services.profiler.model import PreferredStartTime
from services.profiler.traits import preferred_start_time
from tests.unit.profiler.build import believed, work, workdays

DAYS = workdays(date(2026, 9, 7), 15)
FRIDAYS = [day for day in DAYS if f"{day:%A}" == "Friday"]


def earlier(fridays: Sequence[tuple[str, int]]) -> Mapping[str, str]:
    """The weekdays that end earlier, when all days end at 17:30 but for the work of Fridays."""
    usual = [work("16:30", 60, day=day) for day in DAYS if day not in FRIDAYS]
    last = [work(*one, day=day) for day, one in zip(FRIDAYS, fridays, strict=False)]
    value = believed(*usual, *last)[preferred_start_time.NAME].value
    assert isinstance(value, PreferredStartTime)
    return value.earlier_end


def test_a_weekday_that_was_over_earlier_twice_ends_earlier() -> None:
    assert earlier([("13:00", 60)]) == {}
    assert earlier([("13:00", 60), ("13:10", 60), ("9:00", 60)]) == {"friday": "14:10"}


def test_a_weekday_that_went_on_once_ends_as_usual() -> None:
    assert earlier([("13:00", 60), ("16:00", 90), ("9:00", 60)]) == {}
