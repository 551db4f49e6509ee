"""The rows of the table: what was measured, beside what, and whether it met its line."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    `yardstick` is in the unit of `value`; `ratio` is the value by the yardstick. `line` says what
    was to be reached, and is empty where a figure is only stated.
    """

    row: str
    value: float
    unit: str
    yardstick: float | None
    ratio: float | None
    line: str
    met: bool


def at_least(row: str, unit: str, pairs: Sequence[tuple[float, float]], least: float) -> Row:
    """Makes a row of (ours, theirs) that were measured in turn: more is better."""
    ratio = median(ours / theirs for ours, theirs in pairs)
    return _row_of(row, unit, pairs, ratio, f"ratio >= {least:g}", ratio >= least)


def at_most(row: str, unit: str, pairs: Sequence[tuple[float, float]], most: float) -> Row:
    """Makes a row of (ours, theirs) that were measured in turn: less is better."""
    ratio = median(ours / theirs for ours, theirs in pairs)
    return _row_of(row, unit, pairs, ratio, f"ratio <= {most:g}", ratio <= most)


def beside(row: str, unit: str, pairs: Sequence[tuple[float, float]]) -> Row:
    """Makes a row of (ours, theirs) that has no line to meet."""
    ratio = median(ours / theirs for ours, theirs in pairs)
    return _row_of(row, unit, pairs, ratio, "", met=True)


def below(row: str, unit: str, value: float, most: float, yardstick: float | None = None) -> Row:
    """Makes a row of a figure that must stay below a bound; the yardstick is for comparison."""
    ratio = value / yardstick if yardstick else None
    return Row(row, value, unit, yardstick, ratio, f"< {figure(most)} {unit}", value < most)


def stated(row: str, unit: str, value: float) -> Row:
    """Makes a row of a figure that has no line to meet."""
    return Row(row, value, unit, None, None, "", met=True)


def _row_of(
    row: str, unit: str, pairs: Sequence[tuple[float, float]], ratio: float, line: str, met: bool
) -> Row:
    ours, theirs = (median(side) for side in zip(*pairs, strict=True))
    return Row(row, ours, unit, theirs, ratio, line, met)


def shown(rows: Iterable[Row]) -> Table:
    """Returns the table for the screen."""
    table = Table("row", "value", "unit", "yardstick", "ratio", "line", "met")
    for row in rows:
        met = "yes" if row.met else "[red]NO[/red]"
        figures = (figure(row.value), row.unit, figure(row.yardstick), figure(row.ratio))
        table.add_row(row.row, *figures, row.line, met if row.line else "")
    return table


def save(rows: Sequence[Row], path: Path) -> None:
    """Writes the rows, keeping those of other rows that were measured before on this machine."""
    kept = {}
    if path.exists():
        before = json.loads(path.read_text())
        if before["machine"] == machine():
            kept = {row["row"]: row for row in before["rows"]}
    kept |= {row.row: _rounded(row) for row in rows}
    document = {"machine": machine(), "rows": list(kept.values())}
    path.write_text(json.dumps(document, indent=1) + "\n")


def machine() -> str:
    """Names the machine: processor, cores, memory, system."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return (
        f"{_processor()}, {os.cpu_count()} cores, {pages / 2**30:.0f} GB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _rounded(row: Row) -> dict[str, object]:
    return {
        name: float(f"{value:.4g}") if isinstance(value, float) else value
        for name, value in asdict(row).items()
    }


def figure(value: float | None) -> str:
    """Returns a figure for the eye; nothing for none."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
