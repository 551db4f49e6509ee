"""Times, lengths and levels in words."""

from __future__ import annotations

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from google.protobuf.timestamp_pb2 import Timestamp

from clients.cli.times import BadTime, zone_named


def zone_or_utc(name: str) -> ZoneInfo:
    """The zone, or UTC when this machine does not know the name."""
    try:
        return zone_named(name or "UTC")
    except BadTime:
        return ZoneInfo("UTC")


def local(moment: Timestamp, zone: tzinfo) -> datetime:
    """The moment on a clock of the zone."""
    return moment.ToDatetime(zone)


def long_time(moment: Timestamp, zone_name: str) -> str:
    """Such as "Tuesday 17 November 2026, 10:40 (Asia/Tokyo)"."""
    zone = zone_or_utc(zone_name)
    there = local(moment, zone)
    return f"{there:%A} {there.day} {there:%B %Y, %H:%M} ({zone.key})"


def short_time(moment: Timestamp, zone: tzinfo) -> str:
    """Such as "2026-11-17 10:40"; empty when it is not set."""
    return f"{local(moment, zone):%Y-%m-%d %H:%M}" if moment.seconds else ""


def minutes(count: int) -> str:
    """Such as "45 min" or "2 h 10 min"."""
    hours, rest = divmod(count, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def share(value: float) -> str:
    """Such as "71 %"."""
    return f"{value * 100:.0f} %"


def many(count: int, one: str, more: str = "") -> str:
    """Such as "1 day" or "3 days"."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"
