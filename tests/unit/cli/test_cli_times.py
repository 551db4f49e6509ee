"""Times and zones as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clients.cli.times import BadTime, moment_of, span_of, zone_named, zone_of_machine

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-15T13:30", "2026-01-15T12:30+00:00"),
        ("2026-07-15 13:30", "2026-07-15T11:30+00:00"),
        ("2026-01-15T13:30Z", "2026-01-15T13:30+00:00"),
        ("2026-01-15T13:30-05:00", "2026-01-15T18:30+00:00"),
        ("2026-01-15", "2026-01-14T23:00+00:00"),
        # It is the 18th in Berlin already.
        ("9:05", "2026-11-18T08:05+00:00"),
        # Clocks go from 02:00 to 03:00: half an hour after the change.
        ("2026-03-29T02:30", "2026-03-29T01:30+00:00"),
        # 02:30 comes twice: the first.
        ("2026-10-25T02:30", "2026-10-25T00:30+00:00"),
    ],
)
def test_a_text_means_a_moment_in_the_zone(text: str, expected: str) -> None:
    assert moment_of(text, BERLIN, NOW) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    "text", ["", "noon", "25:00", "2026-02-30T10:00", "0001-01-01T00:00+14:00"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadTime):
        moment_of(text, BERLIN, NOW)


@pytest.mark.parametrize("name", ["Mars/Base", "", "../etc/passwd", "Europe", "a\x00b"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(BadTime):
        zone_named(name)


def test_any_two_of_start_end_and_length_make_a_span() -> None:
    start, end, length = NOW - timedelta(hours=2), NOW - timedelta(hours=1), timedelta(hours=1)
    assert span_of(start, end, None, NOW) == (start, end)
    assert span_of(start, None, length, NOW) == (start, end)
    assert span_of(None, end, length, NOW) == (start, end)
    assert span_of(None, None, length, NOW) == (end, NOW)
    assert span_of(start, None, None, NOW) == (start, NOW)


def test_too_much_too_little_and_backwards_make_none() -> None:
    hour = timedelta(hours=1)
    for start, end, length in [
        (NOW, NOW + hour, hour),
        (None, None, None),
        (None, NOW, None),
        (NOW, NOW - hour, None),
        (NOW, NOW, None),
    ]:
        with pytest.raises(BadTime):
            span_of(start, end, length, NOW)


def test_the_zone_of_the_machine_is_the_first_that_is_one(tmp_path: Path) -> None:
    linked = tmp_path / "zoneinfo" / "Asia" / "Tokyo"
    named = {"PERSONAKIT_TIME_ZONE": "Europe/Paris", "TZ": "Europe/Berlin"}
    assert zone_of_machine(named, linked) == "Europe/Paris"
    assert zone_of_machine({"TZ": "Europe/Berlin"}, linked) == "Europe/Berlin"
    assert zone_of_machine({"TZ": ":odd"}, linked) == "Asia/Tokyo"
    assert zone_of_machine({}, tmp_path / "localtime") == "UTC"
