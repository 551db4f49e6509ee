"""Parts of the day, local days and the sums over them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feedback.model import (
    Counts,
    Tally,
    first_week_analysed,
    iso_week,
    local_day,
    next_local_midnight,
    part_of_day,
    summed,
)

ZONES = st.sampled_from(
    ["UTC", "Asia/Tokyo", "America/Santiago", "Europe/Berlin", "Pacific/Apia", "Asia/Beirut"]
).map(ZoneInfo)


@pytest.mark.parametrize(
    ("hour", "part"),
    [
        (4, "night"),
        (5, "morning"),
        (11, "morning"),
        (12, "afternoon"),
        (16, "afternoon"),
        (17, "evening"),
        (21, "evening"),
        (22, "night"),
        (0, "night"),
    ],
)
def test_the_parts_of_the_day_follow_the_local_hour(hour: int, part: str) -> None:
    assert part_of_day(datetime(2026, 11, 17, hour, 59, tzinfo=ZoneInfo("Asia/Tokyo"))) == part


def test_the_day_is_the_persons_and_not_utcs() -> None:
    late = datetime(2026, 11, 16, 15, 30, tzinfo=UTC)
    assert local_day(late, ZoneInfo("Asia/Tokyo")) == date(2026, 11, 17)
    assert local_day(late, ZoneInfo("America/New_York")) == date(2026, 11, 16)


def test_a_day_with_a_clock_change_ends_an_hour_later() -> None:
    first_moment = datetime(2026, 10, 24, 22, tzinfo=UTC)
    midnight = next_local_midnight(first_moment, ZoneInfo("Europe/Berlin"))
    assert midnight - first_moment == timedelta(hours=25)


def test_where_midnight_is_skipped_the_day_begins_at_the_change() -> None:
    evening = datetime(2026, 9, 6, 3, 30, tzinfo=UTC)
    assert next_local_midnight(evening, ZoneInfo("America/Santiago")) == datetime(
        2026, 9, 6, 4, tzinfo=UTC
    )


@given(st.integers(946_684_800, 2_840_140_800), ZONES)
def test_the_next_midnight_is_the_first_moment_of_another_day(at: int, zone: ZoneInfo) -> None:
    now = datetime.fromtimestamp(at, UTC)
    midnight = next_local_midnight(now, zone)
    assert midnight > now
    assert local_day(midnight, zone) > local_day(now, zone)
    assert local_day(midnight - timedelta(seconds=1), zone) <= local_day(now, zone)


def test_the_weeks_are_those_of_iso_8601() -> None:
    assert iso_week(date(2026, 11, 17)) == "2026-W47"
    assert iso_week(date(2027, 1, 3)) == "2026-W53"


def test_26_weeks_are_analysed_with_the_present_one() -> None:
    assert first_week_analysed(date(2026, 11, 17)) == date(2026, 5, 25)


def test_sums_are_taken_over_all_and_along_each_direction() -> None:
    monday = date(2026, 11, 16)
    analytics = summed(
        [
            Tally("break", "morning", monday, helpful=2, not_helpful=1),
            Tally("break", "evening", None, helpful=0, not_helpful=3),
            Tally("wrap_up", "evening", monday, helpful=1, not_helpful=0),
        ],
        (),
    )
    assert analytics.totals == Counts(3, 4)
    assert analytics.by_suggestion_type == {"break": Counts(2, 4), "wrap_up": Counts(1, 0)}
    assert analytics.by_part_of_day == {"evening": Counts(1, 3), "morning": Counts(2, 1)}
    assert analytics.by_week == {"2026-W47": Counts(3, 1)}


def test_the_helpful_rate_is_absent_without_feedback() -> None:
    assert summed([], ()).totals.helpful_rate is None
    assert Counts(3, 1).helpful_rate == 0.75
