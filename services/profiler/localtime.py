"""From seconds since 1970 to the local days and hours of an IANA zone, exact over DST nights."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

HOUR = 3600
DAY = 24 * HOUR
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


class UnknownZone(ValueError):
    """There is no IANA zone of that name."""


class Stretch(NamedTuple):
    """A stretch of time, [start, end), over which the zone keeps one offset from UTC."""

    start: int
    end: int
    offset: int


class Piece(NamedTuple):
    """The part of a stretch of time within one local hour of one local day."""

    date: date
    hour: int
    start: int
    end: int

    @property
    def seconds(self) -> int:
        return self.end - self.start


@lru_cache(maxsize=1024)  # more than there are; every observation asks several times
def zone_named(name: str) -> ZoneInfo:
    """Returns the zone; raises `UnknownZone`."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownZone(name) from error


def offset_at(at: int, zone: ZoneInfo) -> int:
    """Returns the seconds by which the local clock is ahead of UTC."""
    steady = _steady_offset(at // DAY, zone)
    return _offset(at, zone) if steady is None else steady


# Every observation asks for its day a dozen times, and a person's days come round again.
@lru_cache(maxsize=4096)
def _steady_offset(day: int, zone: ZoneInfo) -> int | None:
    """Returns the offset that holds all through a UTC day, None if it changes on that day.

    It looks at both ends: no zone changes its offset and takes it back within a day.
    """
    first, last = _offset(day * DAY, zone), _offset((day + 1) * DAY, zone)
    return first if first == last else None


def _offset(at: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def steady_offset(start: int, end: int, zone: ZoneInfo) -> int | None:
    """Returns the offset that holds all through [start, end], None if it changes then or may."""
    day = start // DAY
    offset = _steady_offset(day, zone)
    if offset is None or end <= (day + 1) * DAY:
        return offset
    return offset if end <= (day + 2) * DAY and _steady_offset(day + 1, zone) == offset else None


def stretches(start: int, end: int, zone: ZoneInfo) -> list[Stretch]:
    """Splits [start, end) where the offset changes. It looks once a day: no zone changes its offset
    and takes it back within one."""
    steady = steady_offset(start, end, zone)
    if steady is not None and start < end:
        return [Stretch(start, end, steady)]
    offset = offset_at(start, zone)
    found: list[Stretch] = []
    at = start
    while at < end:
        ahead = min(at + DAY, end)
        offset_ahead = offset_at(ahead, zone)
        change = ahead if offset_ahead == offset else _change(at, ahead, offset, zone)
        if found and found[-1].offset == offset:
            found[-1] = Stretch(found[-1].start, change, offset)
        else:
            found.append(Stretch(at, change, offset))
        at, offset = change, offset_ahead
    return found


def _change(low: int, high: int, offset: int, zone: ZoneInfo) -> int:
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(middle, zone) == offset:
            low = middle
        else:
            high = middle
    return high


def pieces(parts: Sequence[Stretch]) -> Iterator[Piece]:
    """Cuts stretches at every full local hour."""
    for start, end, offset in parts:
        at = start
        while at < end:
            days, second = divmod(at + offset, DAY)
            until = min(end, at + HOUR - second % HOUR)
            yield Piece(date.fromordinal(EPOCH_ORDINAL + days), second // HOUR, at, until)
            at = until


def hours_within(parts: Iterable[tuple[int, int, int]], midnight: int) -> list[tuple[int, int]]:
    """Returns the hours of a local day in which some of the stretches lies, with the seconds.

    `midnight` is when the day begins, on its own clock.
    """
    found = []
    for start, end, offset in parts:
        # Comparisons: `min` and `max` are calls, and this is asked for every session.
        at, last = start + offset - midnight, end + offset - midnight
        if at < 0:
            at = 0
        if last > DAY:
            last = DAY
        while at < last:
            hour = at // HOUR
            ahead = hour * HOUR + HOUR
            until = ahead if ahead < last else last
            found.append((hour, until - at))
            at = until
    return found


@lru_cache(maxsize=1024)  # every statement asks twice: which days to open, and where it goes
def days_touched(start: int, end: int, zone: ZoneInfo) -> tuple[date, ...]:
    """Returns the local days of [start, end), first to last; of a moment, its own day."""
    steady = steady_offset(start, end, zone)
    if steady is not None:
        first, last = (start + steady) // DAY, (max(start, end - 1) + steady) // DAY
        return tuple(date.fromordinal(EPOCH_ORDINAL + day) for day in range(first, last + 1))
    parts = stretches(start, end, zone) or [Stretch(start, start + 1, offset_at(start, zone))]
    touched = {
        day
        for part in parts
        for day in range((part.start + part.offset) // DAY, (part.end - 1 + part.offset) // DAY + 1)
    }
    return tuple(date.fromordinal(EPOCH_ORDINAL + day) for day in sorted(touched))


def local_date(at: int, zone: ZoneInfo) -> date:
    """Returns the local day of a moment."""
    return date.fromordinal(EPOCH_ORDINAL + (at + offset_at(at, zone)) // DAY)


def local_minute(at: int, zone: ZoneInfo) -> int:
    """Returns the minutes on the local clock since 00:00, from 0 to 1439."""
    return (at + offset_at(at, zone)) % DAY // 60


def moment_of(day: date, minute: int, zone: ZoneInfo) -> int:
    """Returns when clocks there show that minute of the day; what they skip, an hour later."""
    shown = datetime.combine(day, time(minute // 60, minute % 60), zone)
    return int(shown.timestamp())


def clock_face(minute: int) -> str:
    """Returns a minute of the day as "09:05"."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def part_of_day(minute: int) -> str:
    """Returns "morning" (04:00 to noon), "afternoon" (noon to 18:00) or "evening"."""
    if 4 * 60 <= minute < 12 * 60:
        return "morning"
    return "afternoon" if 12 * 60 <= minute < 18 * 60 else "evening"
