"""Parts of the day, local days and the sums over them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feedback.model import first_week_analysed, iso_week, local_day, part_of_day

ZONES = st.sampled_from(
    ["UTC", "Asia/Tokyo", "America/Santiago", "Europe/Berlin", "Pacific/Apia", "Asia/Beirut"]
).map(ZoneInfo)


@pytest.mark.parametrize(
    ("hour", "part"),
    [
        (3, "evening"),
        (4, "morning"),
        (11, "morning"),
        (12, "afternoon"),
        (17, "afternoon"),
        (18, "evening"),
        (0, "evening"),
    ],
)
def test_the_parts_of_the_day_follow_the_local_hour(hour: int, part: str) -> None:
    assert part_of_day(datetime(2026, 11, 17, hour, 59, tzinfo=ZoneInfo("Asia/Tokyo"))) == part


def test_the_day_is_the_persons_and_not_utcs() -> None:
    late = datetime(2026, 11, 16, 15, 30, tzinfo=UTC)
    assert local_day(late, ZoneInfo("Asia/Tokyo")) == (
        datetime(2026, 11, 16, 15, tzinfo=UTC),
        datetime(2026, 11, 17, 15, tzinfo=UTC),
    )
    assert local_day(late, ZoneInfo("America/New_York")) == (
        datetime(2026, 11, 16, 5, tzinfo=UTC),
        datetime(2026, 11, 17, 5, tzinfo=UTC),
    )


def test_a_day_with_a_clock_change_ends_an_hour_later() -> None:
    first_moment = datetime(2026, 10, 24, 22, tzinfo=UTC)
    begins, ends = local_day(first_moment, ZoneInfo("Europe/Berlin"))
    assert (begins, ends - begins) == (first_moment, timedelta(hours=25))


def test_where_midnight_is_skipped_the_day_begins_at_the_change() -> None:
    change = datetime(2026, 9, 6, 4, tzinfo=UTC)
    santiago = ZoneInfo("America/Santiago")
    assert local_day(change - timedelta(minutes=30), santiago)[1] == change
    assert local_day(change, santiago)[0] == change


@given(st.integers(946_684_800, 2_840_140_800), ZONES)
def test_days_follow_each_other_without_a_gap(at: int, zone: ZoneInfo) -> None:
    now = datetime.fromtimestamp(at, UTC)
    begins, ends = local_day(now, zone)
    assert begins <= now < ends
    assert local_day(ends, zone)[0] == ends
    assert local_day(ends - timedelta(seconds=1), zone) == (begins, ends)


def test_the_weeks_are_those_of_iso_8601() -> None:
    assert iso_week(date(2026, 11, 17)) == "2026-W47"
    assert iso_week(date(2027, 1, 3)) == "2026-W53"


def test_26_weeks_are_analysed_with_the_present_one() -> None:
    assert first_week_analysed(date(2026, 11, 17)) == date(2026, 5, 25)
