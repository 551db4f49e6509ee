"""The figures that the suite measures, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.chaos.audit import Audit

COLUMNS = ("fault", "injected", "survived", "lost", "doubled", "worst recovery")


@dataclass(frozen=True)
class Row:
    """What became of one kind of fault; `recoveries` are the seconds each took to get over."""

    fault: str
    injected: int
    recoveries: Sequence[float]
    lost: int
    doubled: int

    def cells(self) -> tuple[str, ...]:
        counts = (self.injected, len(self.recoveries), self.lost, self.doubled)
        return (self.fault, *map(str, counts), f"{max(self.recoveries, default=0):.1f} s")


@dataclass
class Report:
    """Collects a row for each fault, and notes below the table."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, fault: str, recoveries: Sequence[float], injected: int, audit: Audit) -> None:
        self.rows.append(Row(fault, injected, recoveries, audit.lost, audit.doubled))
        self.note(
            fault,
            observations=audit.observations,
            retried_through_the_api=audit.retried,
            refusals=", ".join(f"{count} {name}" for name, count in sorted(audit.refusals.items())),
        )

    def note(self, fault: str, **figures: object) -> None:
        said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
        self.notes.append(f"{fault}: {said}")

    def lines(self) -> list[str]:
        """Returns the table in Markdown, aligned for the terminal too."""
        cells = [COLUMNS, *(row.cells() for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = [_line(row, widths) for row in cells]
        rule = "| " + " | ".join("-" * width for width in widths) + " |"
        return [lines[0], rule, *lines[1:], "", *self.notes]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join(padded) + " |"
