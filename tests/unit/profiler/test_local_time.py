"""Local days and hours, over midnights and DST nights."""

from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiler.localtime import (
    UnknownZone,
    clock_face,
    days_touched,
    local_date,
    local_minute,
    moment_of,
    part_of_day,
    pieces,
    stretches,
    zone_named,
)
from tests.unit.profiler.build import at

ZONES = [
    "Asia/Tokyo",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Pacific/Apia",
    "UTC",
]
HOUR = 3600


def minutes_by_hour(start: int, end: int, zone: str) -> Counter[tuple[date, int]]:
    """Asks the library about every single minute: slow, and plain to see."""
    found: Counter[tuple[date, int]] = Counter()
    for moment in range(start, end, 60):
        local = datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(zone))
        found[local.date(), local.hour] += 1
    return found


@given(
    start=st.integers(15_778_080, 68_374_080),
    length=st.integers(0, 26 * 60),
    zone=st.sampled_from(ZONES),
)
def test_pieces_are_what_the_clock_shows_minute_by_minute(
    start: int, length: int, zone: str
) -> None:
    begin, end = start * 60, (start + length) * 60
    found: Counter[tuple[date, int]] = Counter()
    for piece in pieces(stretches(begin, end, zone_named(zone))):
        found[piece.date, piece.hour] += piece.seconds // 60
    expected = minutes_by_hour(begin, end, zone)
    assert found == expected
    if length:
        touched = days_touched(begin, end, zone_named(zone))
        assert list(touched) == sorted({day for day, _ in expected})


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), [1, 3]),
        ("America/New_York", date(2026, 3, 8), [1, 3]),
    ],
)
def test_in_a_spring_night_the_lost_hour_gets_nothing(
    zone: str, day: date, hours: list[int]
) -> None:
    start = at("01:00", day, zone)
    found = list(pieces(stretches(start, start + 2 * HOUR, zone_named(zone))))
    assert [piece.hour for piece in found] == hours
    assert [piece.seconds for piece in found] == [HOUR, HOUR]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 10, 25), {1: HOUR, 2: 2 * HOUR}),
        ("America/New_York", date(2026, 11, 1), {0: HOUR, 1: 2 * HOUR}),
    ],
)
def test_in_an_autumn_night_the_hour_that_comes_twice_gets_both(
    zone: str, day: date, hours: dict[int, int]
) -> None:
    start = at("00:00", day, zone) + (HOUR if min(hours) else 0)
    found: Counter[int] = Counter()
    for piece in pieces(stretches(start, start + 3 * HOUR, zone_named(zone))):
        found[piece.hour] += piece.seconds
    assert found == hours


def test_a_day_without_midnight_begins_at_one() -> None:
    zone, day = "America/Sao_Paulo", date(2018, 11, 4)
    start = at("23:00", date(2018, 11, 3), zone)
    found = [
        (piece.date.day, piece.hour)
        for piece in pieces(stretches(start, start + 2 * HOUR, zone_named(zone)))
    ]
    assert found == [(3, 23), (day.day, 1)]


def test_a_month_long_event_touches_every_day_once() -> None:
    start = at("00:00", date(2026, 3, 1), "Europe/Berlin")
    end = at("00:00", date(2026, 4, 1), "Europe/Berlin")
    touched = days_touched(start, end, zone_named("Europe/Berlin"))
    assert (touched[0], touched[-1], len(touched)) == (date(2026, 3, 1), date(2026, 3, 31), 31)


def test_a_moment_touches_its_own_day() -> None:
    moment = at("00:00")
    assert days_touched(moment, moment, zone_named("Asia/Tokyo")) == (date(2026, 11, 17),)


def test_nine_in_tokyo_is_nine() -> None:
    moment = int(datetime(2026, 11, 17, tzinfo=UTC).timestamp())
    assert local_minute(moment, zone_named("Asia/Tokyo")) == 9 * 60
    assert local_date(moment, zone_named("America/New_York")) == date(2026, 11, 16)


def test_an_unknown_zone_is_refused() -> None:
    for name in ("Mars/Olympus", "", "../etc/passwd", "Europe"):
        with pytest.raises(UnknownZone):
            zone_named(name)


@pytest.mark.parametrize(
    ("minute", "face", "part"),
    [
        (0, "00:00", "evening"),
        (4 * 60, "04:00", "morning"),
        (12 * 60 - 1, "11:59", "morning"),
        (12 * 60, "12:00", "afternoon"),
        (18 * 60, "18:00", "evening"),
    ],
)
def test_minutes_have_a_face_and_a_part_of_the_day(minute: int, face: str, part: str) -> None:
    assert (clock_face(minute), part_of_day(minute)) == (face, part)


@given(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.integers(0, 1439),
    st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]),
)
def test_a_local_time_is_found_unless_clocks_skip_it(day: date, minute: int, zone: str) -> None:
    at = moment_of(day, minute, zone_named(zone))
    assert local_date(at, zone_named(zone)) == day
    shown = local_minute(at, zone_named(zone))
    assert shown == minute or 60 <= minute < 180


def test_a_time_that_clocks_skip_is_an_hour_later() -> None:
    berlin = zone_named("Europe/Berlin")
    assert local_minute(moment_of(date(2026, 3, 29), 150, berlin), berlin) == 210
