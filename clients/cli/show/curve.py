"""Draws 24 hourly levels as a curve of block characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_PLAIN: Final = " ....:::#"
_ROWS: Final = 5
_COLUMNS_AN_HOUR: Final = 2


def curve(
    levels: Sequence[float], peaks: Iterable[tuple[str, str]] = (), *, plain: bool = False
) -> list[str]:
    """The lines of the drawing, 54 columns wide: levels from 0 to 1, the hours, the peaks.

    `peaks` are local windows such as ("09:00", "12:00"). `plain` draws with ASCII only.
    """
    body = [_label(row) + _row(levels, row, plain) for row in reversed(range(_ROWS))]
    hours = "".join(f"{hour:02d}".ljust(3 * _COLUMNS_AN_HOUR) for hour in range(0, 24, 3))
    axis = f"{'hour':>4}  {hours}".rstrip()
    marks = _marks(list(peaks), "^" if plain else "▲")
    return [*body, axis, *marks]


def _label(row: int) -> str:
    label = {_ROWS - 1: "1.0", 0: "0.0"}.get(row, "")
    return f"{label:>4}  "


def _row(levels: Sequence[float], row: int, plain: bool) -> str:
    return "".join(_block(level, row, plain) * _COLUMNS_AN_HOUR for level in levels).rstrip()


def _block(level: float, row: int, plain: bool) -> str:
    steps = len(_BLOCKS) - 1
    filled = round(min(max(level, 0.0), 1.0) * _ROWS * steps) - row * steps
    # A level of nothing still shows where the ground is.
    filled = max(filled, 1) if row == 0 else filled
    glyphs = _PLAIN if plain else _BLOCKS
    return glyphs[min(max(filled, 0), steps)]


def _marks(peaks: list[tuple[str, str]], mark: str) -> list[str]:
    columns = sorted({column for peak in peaks for column in _columns(*peak)})
    if not columns:
        return []
    drawn = "".join(mark if it in columns else " " for it in range(24 * _COLUMNS_AN_HOUR))
    return [f"{'peak':>4}  {drawn}".rstrip()]


def _columns(start: str, end: str) -> list[int]:
    """The half hours from start to end; an end at or before the start is on the next day."""
    first, last = _half_hour(start), _half_hour(end)
    day = 24 * _COLUMNS_AN_HOUR
    return [it % day for it in range(first, last if last > first else last + day)]


def _half_hour(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * _COLUMNS_AN_HOUR + int(minute) * _COLUMNS_AN_HOUR // 60
