"""Reads times and zones the way a person writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TIME_OF_DAY: Final = re.compile(r"\d{1,2}:\d{2}")
_LOCALTIME: Final = Path("/etc/localtime")


class BadTime(ValueError):
    """A time or a zone cannot be understood; the message names it and says what can."""


def moment_of(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The moment in UTC that a text means: a local time of the zone unless it has an offset.

    `13:30` is today's, `2026-01-15` is that day's beginning. A local time that a change of clocks
    skips means as long after the change as it says; one that comes twice means the first.
    """
    written = text.strip()
    if _TIME_OF_DAY.fullmatch(written):
        today = now.astimezone(zone).date().isoformat()
        written = f"{today}T{written:0>5}"
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise BadTime(f"{text!r} is not a time such as 2026-01-15T13:30 or 13:30") from None
    return _in_utc(moment if moment.tzinfo else moment.replace(tzinfo=zone), text)


def _in_utc(moment: datetime, text: str) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise BadTime(f"{text!r} is too far away") from None


def zone_named(name: str) -> ZoneInfo:
    """The zone of the IANA database."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadTime(f"{name!r} is not an IANA time zone such as Europe/Berlin") from None


def zone_of_machine(environment: Mapping[str, str], localtime: Path = _LOCALTIME) -> str:
    """The IANA name of the zone that this machine is set to; PERSONAKIT_TIME_ZONE goes first."""
    linked = str(localtime.resolve()).partition("zoneinfo/")[2]
    candidates = (environment.get("PERSONAKIT_TIME_ZONE"), environment.get("TZ"), linked)
    return next((name for name in candidates if name and _is_zone(name)), "UTC")


def _is_zone(name: str) -> bool:
    try:
        zone_named(name)
    except BadTime:
        return False
    return True


def span_of(
    start: datetime | None, end: datetime | None, length: timedelta | None, now: datetime
) -> tuple[datetime, datetime]:
    """Start and end from any two of start, end and length; a length alone ended now."""
    if start and end and length:
        raise BadTime("Give two of --start, --end and --minutes, not all three")
    if length is None:
        if start is None:
            raise BadTime("Give --minutes, or --start and --end")
        length = (end or now) - start
    end = end or (start + length if start else now)
    if length <= timedelta():
        raise BadTime("The end must be after the start")
    return end - length, end
