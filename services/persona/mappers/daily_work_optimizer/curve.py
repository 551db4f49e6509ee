"""The person's energy over the hours of the local day, whatever of it is known."""

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.persona.model import EnergyPatterns, Mindscape, PeakHours, Window

# Without hours of their own: everybody's best three, which capture .863 of what each person's own
# best would (commit times of 274 people). That orders a day, but says nothing of this person, so
# that the levels stay in the middle.
EVERYBODYS_PEAK = Window(time(14), time(17))
IN_EVERYBODYS_PEAK = 0.6
IN_PEAK, OFF_PEAK = 1.0, 0.5
STEP = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Curve:
    """Levels by local hour, weekdays and weekends apart; `own` unless it is everybody's."""

    weekday: tuple[float, ...]
    weekend: tuple[float, ...]
    zone: ZoneInfo
    own: bool = True

    @classmethod
    def of(cls, mindscape: Mindscape, zone: ZoneInfo) -> "Curve":
        """Takes the energy patterns, else what the peak hours imply, else everybody's peak."""
        patterns = mindscape.value(EnergyPatterns)
        if patterns is not None:
            return cls(patterns.weekday, patterns.weekend, zone)
        peaks = mindscape.value(PeakHours)
        if peaks is not None:
            return cls(_stepped(peaks.windows), _stepped(peaks.weekend or peaks.windows), zone)
        everybodys = _stepped((EVERYBODYS_PEAK,), IN_EVERYBODYS_PEAK)
        return cls(everybodys, everybodys, zone, own=False)

    def level(self, moment: datetime) -> float:
        """The energy at a moment."""
        local = moment.astimezone(self.zone)
        levels = self.weekend if local.weekday() >= 5 else self.weekday
        return between_hours(levels, local.hour + local.minute / 60)

    def over(self, start_at: datetime, end_at: datetime) -> list[float]:
        """The energy at every quarter of an hour in [start_at, end_at); at least one."""
        count = max(1, -((start_at - end_at) // STEP))
        return [self.level(start_at + STEP * index) for index in range(count)]

    def mean(self, start_at: datetime, end_at: datetime) -> float:
        """The mean energy of a stretch."""
        levels = self.over(start_at, end_at)
        return sum(levels) / len(levels)


def between_hours(levels: tuple[float, ...], hour: float) -> float:
    """The level at a decimal hour, on the straight line between the middles of two hours."""
    before = math.floor(hour - 0.5)
    share = hour - 0.5 - before
    return levels[before % 24] * (1 - share) + levels[(before + 1) % 24] * share


def _stepped(windows: tuple[Window, ...], in_peak: float = IN_PEAK) -> tuple[float, ...]:
    return tuple(
        in_peak if any(time(hour) in window for window in windows) else OFF_PEAK
        for hour in range(24)
    )


def rank(level: float, levels: list[float]) -> float:
    """The share of levels (sorted) that this one exceeds, from 0 to 1; equal ones count half."""
    below, up_to = bisect_left(levels, level), bisect_right(levels, level)
    return (below + up_to) / 2 / len(levels)
